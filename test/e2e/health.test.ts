import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CommandOutcome } from '../support/command-line.js';
import { LineProcess } from '../support/line-process.js';
import { ServerProcess } from '../support/server-process.js';

const FILES = join(__dirname, '../fixtures/tls');

const MUTUAL_TLS = {
  WAYBILL_TLS_CERT_FILE: join(FILES, 'server.pem'),
  WAYBILL_TLS_KEY_FILE: join(FILES, 'server.key'),
  WAYBILL_TLS_CLIENT_CA_FILE: join(FILES, 'ca.pem'),
  WAYBILL_AUTH: 'required',
  WAYBILL_CLIENTS: 'shop:change-me',
  WAYBILL_TCP_ADDRESS: 'off',
};

const running: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.dispose()));
});

async function health(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const command = new LineProcess([process.execPath, 'dist/main.js', 'health', ...args], { environment });
  running.push(command);
  const exitCode = await command.exitCode();
  return { exitCode, lines: command.lines, stderr: command.stderr };
}

function spawnServer(environment: Readonly<Record<string, string>> = {}, flags: readonly string[] = []): ServerProcess {
  const server = ServerProcess.spawn({ flags, environment });
  running.push(server);
  return server;
}

async function startServer(environment: Readonly<Record<string, string>> = {}) {
  const line = await spawnServer(environment).ready();
  const [, grpc = '', admin = ''] = /grpc (\S+), admin http:\/\/([^\s,]+),/.exec(line) ?? [];
  return { grpc, admin };
}

/** What is listening, but is no Waybill. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    dispose: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SERVING = { exitCode: 0, lines: ['SERVING'], stderr: '' };

describe('waybill health', () => {
  test('asks the server or one of its services over gRPC', async () => {
    const { grpc } = await startServer();
    expect(await health(['--address', grpc])).toEqual(SERVING);
    expect(await health(['waybill.v1.BrokerService', '--address', grpc])).toEqual(SERVING);
    expect(await health(['--json', '--address', grpc])).toEqual({
      ...SERVING,
      lines: ['{"status":"SERVING","reasons":[]}'],
    });
    const unknown = await health(['no.such.Service', '--address', grpc]);
    expect(unknown).toMatchObject({ exitCode: 1, lines: [] });
    expect(unknown.stderr).toMatch(/^waybill: the server has no such service.*\n$/);
  });

  test('needs a certificate where the server asks for one', async () => {
    const { grpc } = await startServer(MUTUAL_TLS);
    const ca = ['--address', grpc.replace('127.0.0.1', 'localhost'), '--tls-ca', join(FILES, 'ca.pem')];
    const own = ['--tls-cert', join(FILES, 'client.pem'), '--tls-key', join(FILES, 'client.key')];
    expect(await health([...ca, ...own])).toEqual(SERVING);
    expect(await health(ca)).toMatchObject({ exitCode: 1, lines: [] });
    expect(await health(['--address', grpc])).toMatchObject({ exitCode: 1, lines: [] });
  });

  test('asks the admin address of the server that its variables configure, whatever gRPC asks for', async () => {
    const { admin } = await startServer(MUTUAL_TLS);
    const port = admin.slice(admin.lastIndexOf(':') + 1);
    const environment = { ...MUTUAL_TLS, WAYBILL_ADMIN_ADDRESS: `0.0.0.0:${port}` };
    expect(await health(['--admin'], environment)).toEqual(SERVING);
    expect(await health(['--admin', `http://${admin}`])).toEqual(SERVING);
  });

  test('fails with the reasons while the server waits for its storage', async () => {
    // It tells a port that it has chosen itself only when it is ready.
    const unused = await listen(createServer());
    await running.pop()?.dispose();
    const waiting = spawnServer({}, [
      ...['--storage', 'postgres', '--postgres-url', 'postgres://127.0.0.1:1/x'],
      ...['--admin-address', new URL(unused).host],
    ]);
    await waiting.printed('storage');
    const { exitCode, lines, stderr } = await health(['--admin', unused]);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: the server answers NOT_SERVING: starting: storage: .+\n$/);
  });

  test('fails with one line when nothing, or something else, is listening', async () => {
    expect((await health(['--address', '127.0.0.1:1'])).stderr).toMatch(/^waybill: the server cannot be reached.*\n$/);
    const nothing = await health(['--admin', 'http://127.0.0.1:1']);
    expect(nothing.exitCode).toBe(1);
    expect(nothing.stderr).toMatch(/^waybill: http:\/\/127.0.0.1:1 cannot be asked: .*ECONNREFUSED.*\n$/);
    const other = await listen(createServer((_request, response) => response.end('hello')));
    expect(await health(['--admin', other])).toEqual({
      exitCode: 1,
      lines: [],
      stderr: `waybill: ${other} cannot be asked: 200 is not an answer of Waybill's /readyz\n`,
    });
  });

  test('gives up on a server that does not answer', async () => {
    const silent = await listen(createServer(() => {}));
    expect(await health(['--admin', silent, '--timeout', '200ms'])).toEqual({
      exitCode: 1,
      lines: [],
      stderr: `waybill: ${silent} cannot be asked: no answer within 200 ms\n`,
    });
  });
});
