import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireBackend } from '../../support/backends.js';
import { describeReflectedCalls } from '../../support/reflected-calls.js';
import { findTool } from '../../support/tools.js';

const grpcurl = findTool('grpcurl');

async function ask(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(grpcurl.command, ['-plaintext', ...args]);
  return stdout.trim().split('\n');
}

requireBackend('grpcurl', grpcurl.unavailableReason)('grpcurl', () => {
  describeReflectedCalls({
    listMethods: async (address) => {
      const methods: string[] = [];
      for (const service of await ask(address, 'list')) {
        const names = (await ask(address, 'list', service)).map((name) => name.slice(service.length + 1));
        expect((await ask(address, 'describe', service)).join('\n')).toContain(`${service} is a service:`);
        for (const name of names) {
          const description = await ask(address, 'describe', `${service}.${name}`);
          expect(description[0]).toBe(`${service}.${name} is a method:`);
          methods.push(`${service}/${name}`);
        }
      }
      return methods;
    },
    call: (address, method) => [grpcurl.command, '-plaintext', '-d', '@', address, method],
    verboseCall: (address, method) => [grpcurl.command, '-plaintext', '-v', '-d', '@', address, method],
    headersReceived: (program) => program.printed(/^Response headers received:/),
  });
});
