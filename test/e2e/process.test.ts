import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, identity } from '../support/grpc-client.js';
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

  it.each([
    ['exception', 'nobody catches this'],
    ['rejection', 'nobody awaits this'],
  ])('logs an unexpected %s with its stack and exits with 1', async (kind, message) => {
    const preload = join(__dirname, '../support/fail-on-signal.cjs');
    const failing = spawn({ environment: { NODE_OPTIONS: `--require ${preload}`, FAIL_BY: kind } });
    await failing.ready();
    failing.kill('SIGUSR2');
    expect(await failing.exited).toEqual({ code: 1, signal: null });
    const [line = ''] = failing.stdout.trim().split('\n').slice(1);
    const { level, err } = JSON.parse(line) as { level: string; err: { message: string; stack: string } };
    expect({ level, message: err.message }).toEqual({ level: 'error', message });
    expect(err.stack).toContain('fail-on-signal.cjs');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once on a second signal, %s', async (signal, code) => {
    const running = spawn({ flags: ['--shutdown-timeout', '10m'] });
    const [, address = ''] = /grpc (\S+),/.exec(await running.ready()) ?? [];
    const client = createClient(address);
    try {
      // An open call that never ends by itself holds up the stopping.
      const call = client.makeBidiStreamRequest(
        '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
        identity,
        identity,
      );
      call.on('error', () => {});
      call.write(Buffer.from([0x3a, 0x00]));
      await once(call, 'data');
      running.kill('SIGTERM');
      await running.printed('stopping; a second signal ends at once');
      running.kill(signal);
      expect(await running.exited).toEqual({ code, signal: null });
    } finally {
      client.close();
    }
  });

  it('loads the tracing SDK only when tracing is on', async () => {
    const script = `
      const { createApp } = require('./dist/app.js');
      const { loadConfig } = require('./dist/config/load.js');
      const flags = { storage: 'memory', 'grpc.address': '127.0.0.1:0', 'admin.address': 'off' };
      const loaded = async (exporter) => {
        const app = await createApp(loadConfig({ environment: {}, flags: { ...flags, 'tracing.exporter': exporter } }));
        await app.stop();
        return Object.keys(require.cache).some((file) => file.includes('@opentelemetry/sdk-trace'));
      };
      void (async () => console.log(JSON.stringify([await loaded('none'), await loaded('otlp')])))();
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: join(__dirname, '../..') });
    expect(JSON.parse(stdout)).toEqual([false, true]);
  });
});
