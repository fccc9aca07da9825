import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCredentials, type Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { ClientRegistry } from '../../../src/auth/client-registry.js';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { GrpcServices } from '../../../src/grpc/services.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { EventStreams } from '../../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../../src/streams/stream-metrics.js';
import { createClient, identity, seenError } from '../../support/grpc-client.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const TLS = join(__dirname, '../../fixtures/tls');
const fixture = (name: string): Buffer => readFileSync(join(TLS, name));

const SECRETS = { full: 'full-s3cret', narrow: 'narrow-s3cret', gone: 'gone-s3cret' } as const;

/** Client `full` may do everything, `narrow` only something else than what the tests ask for. */
function clientsFile({ withGone }: { readonly withGone: boolean }): string {
  const clients = [
    { id: 'full', secretHash: cheapHashOf(SECRETS.full), certificate: ['client'] },
    {
      id: 'narrow',
      secretHash: cheapHashOf(SECRETS.narrow),
      certificate: ['rotated server'],
      allow: [{ verbs: ['publish', 'fetch', 'subscribe'], subjects: ['other.>'] }],
    },
    ...(withGone ? [{ id: 'gone', secretHash: cheapHashOf(SECRETS.gone) }] : []),
  ];
  return JSON.stringify({ clients });
}

let folder: string;
let memory: MemoryBroker;
let logger: RecordingLogger;
let registry: ClientRegistry;
let services: GrpcServices;
let failures: string[];
let denials: string[];
let address: string;
let tlsAddress: string;
let servers: GrpcServer[];
const clients: { close(): void }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-auth-'));
  const file = join(folder, 'clients.yaml');
  writeFileSync(file, clientsFile({ withGone: true }));
  memory = new MemoryBroker();
  const { broker, clock, storage } = memory;
  logger = new RecordingLogger();
  failures = [];
  denials = [];
  const observer = {
    authenticationFailed: (protocol: string) => void failures.push(protocol),
    actionDenied: (verb: string) => void denials.push(verb),
  };
  registry = await ClientRegistry.open({ list: undefined, file, reloadIntervalMs: 1000, clock, logger, observer });
  const streams = new EventStreams({
    storage,
    log: broker,
    clock,
    limits: { maxMessageBytes: 1000, maxTtlUs: 0, eventTtlUs: 0 },
    metrics: NO_STREAM_METRICS,
  });
  services = new GrpcServices({
    broker,
    streams,
    storage,
    clock,
    logger,
    tracing: undefined,
    streamLimits: {},
    maxStreamsPerConnection: 256,
    version: '1.2.3',
    offers: { reflection: true, health: true, administration: true },
  });
  const common = {
    address: '127.0.0.1:0',
    services: services.table,
    clock,
    logger,
    authenticator: registry,
    authObserver: observer,
  };
  const tls = {
    certFile: join(TLS, 'server.pem'),
    keyFile: join(TLS, 'server.key'),
    clientCaFile: join(TLS, 'ca.pem'),
    reloadIntervalMs: 60_000,
  };
  servers = [new GrpcServer(common), new GrpcServer({ ...common, tls })];
  [address, tlsAddress] = (await Promise.all(servers.map((server) => server.start()))) as [string, string];
  services.setServing(true);
  await memory.publish('orders.a', 'first');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  services.drain();
  const stopped = Promise.all(servers.map((server) => server.stop(0)));
  memory.clock.advance(1000);
  await stopped;
  await registry.stop();
  await memory.close();
  rmSync(folder, { recursive: true });
});

function opened<T extends { close(): void }>(client: T): T {
  clients.push(client);
  return client;
}

function rawClient(): Client {
  return opened(createClient(address));
}

function withCertificate(name: string): ChannelCredentials {
  return credentials.createSsl(fixture('ca.pem'), fixture(`${name}.key`), fixture(`${name}.pem`));
}

function waybill(clientId: keyof typeof SECRETS): WaybillClient {
  return opened(connect({ address, credentials: { clientId, clientSecret: SECRETS[clientId] } }));
}

function header(value: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', value);
  return metadata;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const basic = (id: keyof typeof SECRETS): Metadata => header(`Basic ${base64(`${id}:${SECRETS[id]}`)}`);
const bearer = (id: keyof typeof SECRETS): Metadata => header(`Bearer ${base64(`${id}:${SECRETS[id]}`)}`);

/** `OK` as soon as a call is answered, or its failure. */
function outcome(client: Client, path: string, request: Buffer, metadata: Metadata): Promise<string> {
  return new Promise((resolve) => {
    const call = client.makeServerStreamRequest(path, identity, identity, request, metadata);
    call.on('metadata', () => {
      resolve('OK');
      call.cancel();
    });
    call.on('data', () => undefined);
    call.on('error', (error: ServiceError) => resolve(`${status[error.code]} ${seenError(error).reason}`));
  });
}

const UNAUTHENTICATED = 'UNAUTHENTICATED CREDENTIALS_INVALID';
const DENIED = 'PERMISSION_DENIED ACTION_DENIED';
const OPEN = /^grpc\.health\./;

/** Path, type of the request, request, verb. */
const CALLS: readonly (readonly [string, string, object, string])[] = [
  ['waybill.v1.BrokerService/Publish', 'waybill.v1.PublishRequest', { subject: 'orders.a' }, 'publish'],
  ['waybill.v1.BrokerService/Fetch', 'waybill.v1.FetchRequest', { subject: 'orders.a', id: 1 }, 'fetch'],
  ['waybill.v1.BrokerService/List', 'waybill.v1.ListRequest', { subject: 'orders.a' }, 'fetch'],
  ['waybill.v1.BrokerService/Subscribe', 'waybill.v1.SubscribeRequest', { subjects: ['orders.a'] }, 'subscribe'],
  ['waybill.v1.BrokerService/Subscribe', 'waybill.v1.SubscribeRequest', { subjects: ['*.a'] }, 'subscribe'],
  [
    'waybill.v1.BrokerService/Subscribe',
    'waybill.v1.SubscribeRequest',
    { subjects: ['other.>', 'other.a', '>'] },
    'subscribe',
  ],
  ['waybill.v1.AdminService/GetServerInfo', 'waybill.v1.GetServerInfoRequest', {}, 'administer'],
  ['waybill.v1.AdminService/ListSubjects', 'waybill.v1.ListSubjectsRequest', {}, 'administer'],
  ['waybill.v1.AdminService/GetSubject', 'waybill.v1.GetSubjectRequest', { subject: 'orders.a' }, 'administer'],
  ['waybill.v1.AdminService/PurgeSubject', 'waybill.v1.PurgeSubjectRequest', { subject: 'orders.a' }, 'administer'],
  ['waybill.v1.StreamService/CreateStream', 'waybill.v1.CreateStreamRequest', { streamName: 'a' }, 'create_stream'],
  [
    'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    'grpc.reflection.v1.ServerReflectionRequest',
    { listServices: '' },
    'reflect',
  ],
  ['broker.Broker/Publish', 'broker.PublishRequest', { subject: 'orders.a', expirationSeconds: 60 }, 'publish'],
  ['broker.Broker/Fetch', 'broker.FetchRequest', { subject: 'orders.a', id: 1 }, 'fetch'],
  ['broker.Broker/Subscribe', 'broker.SubscribeRequest', { subject: 'orders.a' }, 'subscribe'],
];

const encode = (type: string, request: object): Buffer => new ProtoCodec(type).encode(request);

describe('who calls', () => {
  test.each<[string, () => Metadata]>([
    ['nothing', () => new Metadata()],
    ['a wrong secret', () => header(`Basic ${base64('full:wrong')}`)],
    ['an unknown client', () => header(`Basic ${base64('nobody:x')}`)],
    ['a broken header', () => header('Basic ???')],
    ['a header of more than 4 KiB', () => header(`Bearer full:${'x'.repeat(5000)}`)],
  ])('is asked in every method but of health, which %s does not answer', async (_what, metadata) => {
    const client = rawClient();
    const paths = Object.entries(services.table).flatMap(([service, methods]) =>
      Object.keys(methods).map((method) => `/${service}/${method}`),
    );
    const open = paths.filter((path) => OPEN.test(path.slice(1)));
    const closed = paths.filter((path) => !open.includes(path));
    expect(open).toHaveLength(3);
    expect(closed.length).toBeGreaterThan(20);
    for (const path of closed) {
      expect([path, await outcome(client, path, Buffer.alloc(0), metadata())]).toEqual([path, UNAUTHENTICATED]);
    }
    expect(failures).toEqual(closed.map(() => 'grpc'));
    for (const path of open) {
      expect([path, await outcome(client, path, Buffer.alloc(0), metadata())]).toEqual([path, 'OK']);
    }
  });

  describe.each<[string, (id: 'full' | 'narrow') => [Client, Metadata]]>([
    ['Basic', (id) => [rawClient(), basic(id)]],
    ['Bearer', (id) => [rawClient(), bearer(id)]],
    [
      'a certificate',
      (id) => [opened(createClient(tlsAddress, withCertificate(id === 'full' ? 'client' : 'rotated'))), new Metadata()],
    ],
  ])('is known by %s', (_way, as) => {
    test.each(CALLS)('to %s %s %j', async (path, type, request, verb) => {
      const [allowed, allowedMetadata] = as('full');
      expect(await outcome(allowed, `/${path}`, encode(type, request), allowedMetadata)).toBe('OK');
      expect(denials).toEqual([]);
      const [denied, deniedMetadata] = as('narrow');
      expect(await outcome(denied, `/${path}`, encode(type, request), deniedMetadata)).toBe(DENIED);
      expect(denials).toEqual([verb]);
      expect(failures).toEqual([]);
    });
  });

  test('is not known by a certificate that is no client', async () => {
    const client = opened(createClient(tlsAddress, withCertificate('server')));
    const path = '/waybill.v1.AdminService/GetServerInfo';
    expect(await outcome(client, path, Buffer.alloc(0), new Metadata())).toBe(UNAUTHENTICATED);
  });

  test('is decided by the header and not by the certificate', async () => {
    const client = opened(createClient(tlsAddress, withCertificate('client')));
    const path = '/waybill.v1.AdminService/GetServerInfo';
    expect(await outcome(client, path, Buffer.alloc(0), header('Basic ???'))).toBe(UNAUTHENTICATED);
    expect(await outcome(client, path, Buffer.alloc(0), basic('narrow'))).toBe(DENIED);
    expect(await outcome(client, path, Buffer.alloc(0), new Metadata())).toBe('OK');
  });

  test('is unknown once the client was taken out of the file', async () => {
    const client = waybill('gone');
    expect(await client.publish({ subject: 'orders.a', body: 'one' })).toMatchObject({ id: 2 });
    writeFileSync(join(folder, 'clients.yaml'), clientsFile({ withGone: false }));
    await registry.reload();
    await expect(client.publish({ subject: 'orders.a', body: 'two' })).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      reason: 'CREDENTIALS_INVALID',
    });
  });

  test('is let in while another tries 1,000 secrets, none of which is logged', async () => {
    const attacker = rawClient();
    const path = '/waybill.v1.AdminService/GetServerInfo';
    const attempts = Array.from({ length: 1000 }, (_, i) =>
      outcome(attacker, path, Buffer.alloc(0), header(`Basic ${base64(`full:guess-${i}`)}`)),
    );
    expect(await waybill('full').publish({ subject: 'orders.a', body: 'one' })).toMatchObject({ id: 2 });
    expect(new Set(await Promise.all(attempts))).toEqual(new Set([UNAUTHENTICATED]));
    expect(failures).toHaveLength(1000);
    expect(await waybill('full').publish({ subject: 'orders.a', body: 'two' })).toMatchObject({ id: 3 });
    for (const secret of [...Object.values(SECRETS), 'guess-', base64('full:guess-1').slice(0, 12)]) {
      expect(logger.text).not.toContain(secret);
    }
  });
});

describe('messages that may not be published', () => {
  const messages = ['other.a', 'orders.a', 'other.b', 'orders.b'].map((subject) => ({ subject, body: 'x' }));
  const denied = (subject: string) => ({ reason: 'ACTION_DENIED', fields: { verb: 'publish', subject } });

  test('fail alone in a batch', async () => {
    const results = await waybill('narrow').publishBatch(messages);
    expect(results).toMatchObject([{ id: 1 }, denied('orders.a'), { id: 1 }, denied('orders.b')]);
  });

  test('fail alone in a publish stream', async () => {
    const stream = waybill('narrow').publishStream();
    const { ids, failures: failed } = await stream.send(messages);
    expect(ids).toEqual([1, 0, 1, 0]);
    expect(failed).toMatchObject([
      { index: 1, error: denied('orders.a') },
      { index: 3, error: denied('orders.b') },
    ]);
    expect((await stream.send([{ subject: 'other.a', body: 'y' }])).ids).toEqual([2]);
    await stream.close();
  });

  test('are told with a subject that fits into the answer', async () => {
    const subject = 'x'.repeat(100_000);
    await expect(waybill('narrow').publish({ subject, body: '' })).rejects.toMatchObject({
      reason: 'ACTION_DENIED',
      fields: { subject: 'x'.repeat(1024) },
    });
  });
});
