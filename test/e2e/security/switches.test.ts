import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, Metadata, status } from '@grpc/grpc-js';
import type { ServerReflectionRequest } from '../../../src/grpc/generated/grpc/reflection/v1/ServerReflectionRequest.js';
import type { ServerReflectionResponse__Output } from '../../../src/grpc/generated/grpc/reflection/v1/ServerReflectionResponse.js';
import { HEALTH_SERVICE } from '../../../src/grpc/health.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { REFLECTION_SERVICES } from '../../../src/grpc/reflection.js';
import { createClient, failureOf, identity, unary } from '../../support/grpc-client.js';
import { requireBackend } from '../../support/backends.js';
import { cheapHashOf } from '../../support/secret-hashes.js';
import { SwitchedServer } from '../../support/security/switched-server.js';
import { findTool } from '../../support/tools.js';

const requests = new ProtoCodec<ServerReflectionRequest, object>('grpc.reflection.v1.ServerReflectionRequest');
const responses = new ProtoCodec<object, ServerReflectionResponse__Output>(
  'grpc.reflection.v1.ServerReflectionResponse',
);
const WAYBILL = join(__dirname, '../../../dist/main.js');
const grpcurl = findTool('grpcurl');
const BROKER = ['broker.Broker', 'waybill.v1.BrokerService', 'waybill.v1.StreamService'];
const ADMIN = 'waybill.v1.AdminService';

let server: SwitchedServer | undefined;
let client: Client | undefined;
let folder: string | undefined;

async function start(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Client> {
  server = await SwitchedServer.start(flags, environment);
  client = createClient(server.grpc);
  return client;
}

afterEach(async () => {
  client?.close();
  await server?.dispose();
  if (folder !== undefined) rmSync(folder, { recursive: true });
  client = server = folder = undefined;
});

function as(credentials: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${credentials}`);
  return metadata;
}

/** The answer to one question. */
function reflect(
  to: Client,
  request: ServerReflectionRequest,
  { version = REFLECTION_SERVICES[0], metadata = new Metadata() }: { version?: string; metadata?: Metadata } = {},
): Promise<ServerReflectionResponse__Output> {
  return new Promise((resolve, reject) => {
    const call = to.makeBidiStreamRequest(`/${version}/ServerReflectionInfo`, identity, identity, metadata);
    call.on('data', (message: Buffer) => resolve(responses.decode(message)));
    call.on('error', reject);
    call.write(requests.encode(request));
    call.end();
  });
}

async function listed(from: Client): Promise<readonly string[]> {
  const { listServicesResponse } = await reflect(from, { listServices: '' });
  return (listServicesResponse?.service ?? []).map(({ name }) => name);
}

const EMPTY = Buffer.alloc(0);
const codeOf = async (call: Promise<unknown>): Promise<number> => (await failureOf(call)).code;
const check = (to: Client): Promise<Buffer> => unary(to, `/${HEALTH_SERVICE}/Check`, EMPTY);
const serverInfo = (to: Client): Promise<Buffer> => unary(to, `/${ADMIN}/GetServerInfo`, EMPTY);

test('everything is there unless it is switched off', async () => {
  const to = await start([]);
  expect(await listed(to)).toEqual([...BROKER, ADMIN, HEALTH_SERVICE, ...REFLECTION_SERVICES].toSorted());
  await check(to);
  await serverInfo(to);
  expect((await fetch(`${server?.admin}/metrics`)).status).toBe(200);
});

test('reflection that is off is not there in either version, and the rest is', async () => {
  const to = await start(['--grpc-reflection', 'off']);
  for (const version of REFLECTION_SERVICES) {
    expect(await codeOf(reflect(to, { listServices: '' }, { version }))).toBe(status.UNIMPLEMENTED);
  }
  await check(to);
  await serverInfo(to);
});

test('health that is off is not there, nor does reflection know it', async () => {
  const to = await start(['--grpc-health', 'off']);
  for (const method of ['Check', 'List', 'Watch']) {
    expect(await codeOf(unary(to, `/${HEALTH_SERVICE}/${method}`, EMPTY))).toBe(status.UNIMPLEMENTED);
  }
  expect(await listed(to)).toEqual([...BROKER, ADMIN, ...REFLECTION_SERVICES].toSorted());
  const { errorResponse } = await reflect(to, { fileContainingSymbol: HEALTH_SERVICE });
  expect(errorResponse?.errorCode).toBe(status.NOT_FOUND);
  const { stdout } = await promisify(execFile)(process.execPath, [WAYBILL, 'info', '--address', server?.grpc ?? '']);
  expect(stdout).toMatch(/health\s+not offered/);
  // Probes by HTTP do not need it.
  expect((await fetch(`${server?.admin}/readyz`)).status).toBe(200);
});

test('administration that is off is not there, nor do reflection and health know it', async () => {
  const to = await start(['--grpc-administration', 'off']);
  for (const method of ['GetServerInfo', 'ListSubjects', 'GetSubject', 'PurgeSubject']) {
    expect(await codeOf(unary(to, `/${ADMIN}/${method}`, EMPTY))).toBe(status.UNIMPLEMENTED);
  }
  expect(await listed(to)).toEqual([...BROKER, HEALTH_SERVICE, ...REFLECTION_SERVICES].toSorted());
  for (const request of [
    { fileContainingSymbol: ADMIN },
    { fileContainingSymbol: 'waybill.v1.PurgeSubjectRequest' },
    { fileByFilename: 'waybill/v1/admin_service.proto' },
  ]) {
    expect((await reflect(to, request)).errorResponse?.errorCode).toBe(status.NOT_FOUND);
  }
  const asked = new ProtoCodec('grpc.health.v1.HealthCheckRequest').encode({ service: ADMIN });
  expect(await codeOf(unary(to, `/${HEALTH_SERVICE}/Check`, asked))).toBe(status.NOT_FOUND);
  await check(to);
});

test('metrics that are off are not there, and probes are', async () => {
  await start(['--admin-metrics', 'off']);
  const metrics = await fetch(`${server?.admin}/metrics`);
  expect([metrics.status, await metrics.text()]).toEqual([404, 'not found: try /livez or /readyz\n']);
  expect((await fetch(`${server?.admin}/livez`)).status).toBe(200);
  expect((await fetch(`${server?.admin}/readyz`)).status).toBe(200);
});

test('channelz is not there', async () => {
  const to = await start([]);
  expect(await codeOf(unary(to, '/grpc.channelz.v1.Channelz/GetServers', EMPTY))).toBe(status.UNIMPLEMENTED);
});

describe('where credentials are required', () => {
  test('reflection asks for them', async () => {
    const to = await start(['--auth', 'required'], { WAYBILL_CLIENTS: 'one:its-s3cret' });
    for (const version of REFLECTION_SERVICES) {
      const list = { listServices: '' };
      expect(await codeOf(reflect(to, list, { version }))).toBe(status.UNAUTHENTICATED);
      expect(await codeOf(reflect(to, list, { version, metadata: as('one:other') }))).toBe(status.UNAUTHENTICATED);
      const { listServicesResponse } = await reflect(to, list, { version, metadata: as('one:its-s3cret') });
      expect(listServicesResponse?.service).toContainEqual({ name: ADMIN });
    }
    await check(to);
  });

  test('and the right, which probes by health need not have', async () => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-switches-'));
    const file = join(folder, 'clients.yaml');
    const clients = [
      { id: 'shop', secretHash: cheapHashOf('its-s3cret'), allow: [{ verbs: ['publish'], subjects: ['orders'] }] },
      { id: 'dev', secretHash: cheapHashOf('its-s3cret'), allow: [{ verbs: ['reflect'], subjects: ['orders'] }] },
    ];
    writeFileSync(file, JSON.stringify({ clients }));
    const to = await start(['--auth', 'required', '--clients-file', file]);
    const asked = reflect(to, { listServices: '' }, { metadata: as('shop:its-s3cret') });
    expect(await failureOf(asked)).toMatchObject({ code: status.PERMISSION_DENIED, fields: { verb: 'reflect' } });
    await reflect(to, { listServices: '' }, { metadata: as('dev:its-s3cret') });
    await check(to);
  });

  requireBackend('grpcurl', grpcurl.unavailableReason)('grpcurl', () => {
    test('sends them', async () => {
      await start(['--auth', 'required'], { WAYBILL_CLIENTS: 'one:its-s3cret' });
      const list = (...headers: readonly string[]) =>
        promisify(execFile)(grpcurl.command, ['-plaintext', ...headers, server?.grpc ?? '', 'list', ADMIN]);
      const { stdout } = await list('-H', 'authorization: Bearer one:its-s3cret');
      expect(stdout).toContain(`${ADMIN}.PurgeSubject`);
      await expect(list()).rejects.toMatchObject({ stderr: expect.stringContaining('Unauthenticated') as string });
    });
  });

  test('buf curl sends them', async () => {
    await start(['--auth', 'required'], { WAYBILL_CLIENTS: 'one:its-s3cret' });
    const curl = (...headers: readonly string[]) =>
      promisify(execFile)('node_modules/.bin/buf', [
        ...['curl', '--protocol', 'grpc', '--http2-prior-knowledge', '--list-methods'],
        ...headers.flatMap((header) => ['--reflect-header', header]),
        `http://${server?.grpc}`,
      ]);
    expect((await curl('authorization: Bearer one:its-s3cret')).stdout).toContain(`${ADMIN}/PurgeSubject`);
    await expect(curl()).rejects.toMatchObject({ stderr: expect.stringContaining('not authenticated') as string });
  }, 30_000);
});
