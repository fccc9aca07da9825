import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ServerProcess, type ServerProcessOptions } from '../support/server-process.js';

let server: ServerProcess | undefined;

function spawn(options?: ServerProcessOptions): ServerProcess {
  server = ServerProcess.spawn(options);
  return server;
}

afterEach(async () => {
  await server?.dispose();
  server = undefined;
});

describe('server process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('tells when it is ready and exits with 0 on %s', async (signal) => {
    const running = spawn();
    expect(await running.ready()).toMatch(
      /^waybill \d+\.\d+\.\d+ ready: grpc 127\.0\.0\.1:\d+, admin http:\/\/127\.0\.0\.1:\d+, storage memory$/,
    );
    running.kill(signal);
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(running.stderr).toBe('');
    const log = running.stdout.trim().split('\n').slice(1);
    expect(log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'stopping; a second signal ends at once',
      'stopped',
    ]);
  });

  it('names the address that is in use, in one line, and exits with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
      const refused = spawn({ flags: ['--grpc-address', address] });
      expect(await refused.exited).toEqual({ code: 1, signal: null });
      expect(refused.stderr).toMatch(/^waybill: [^\n]*\n$/);
      expect(refused.stderr).toContain(address);
      expect(refused.stdout).toBe('');

      const refusedAdmin = spawn({ flags: ['--admin-address', address] });
      expect(await refusedAdmin.exited).toEqual({ code: 1, signal: null });
      expect(refusedAdmin.stderr).toBe(`waybill: cannot listen at the admin address ${address}: the port is in use\n`);
    } finally {
      other.close();
    }
  });

  it('names every wrong setting and exits with 2', async () => {
    const refused = spawn({ flags: ['--admin-address', 'nowhere'], environment: { WAYBILL_TRACING: 'zipkin' } });
    expect(await refused.exited).toEqual({ code: 2, signal: null });
    expect(refused.stderr).toContain('admin.address');
    expect(refused.stderr).toContain('tracing');
    expect(refused.stdout).toBe('');
  });
});
