import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js';
import type { BrokerError } from '../../../src/core/errors.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { echoServices } from '../../support/echo-service.js';
import { createClient, failureOf, unary } from '../../support/grpc-client.js';
import { ManualClock } from '../../support/manual-clock.js';

const FIXTURES = join(__dirname, '../../fixtures/tls');
const RELOAD_MS = 60_000;

let folder: string;
let clock: ManualClock;
let warnings: string[];
const servers: GrpcServer[] = [];

function fixture(name: string): Buffer {
  return readFileSync(join(FIXTURES, name));
}

/** Puts the certificate and key of `name` where the server looks. */
function install(name: string): void {
  copyFileSync(join(FIXTURES, `${name}.pem`), join(folder, 'tls.pem'));
  copyFileSync(join(FIXTURES, `${name}.key`), join(folder, 'tls.key'));
}

function createServer(clientCaFile?: string): GrpcServer {
  const server = new GrpcServer({
    address: '127.0.0.1:0',
    services: echoServices(),
    tls: {
      certFile: join(folder, 'tls.pem'),
      keyFile: join(folder, 'tls.key'),
      clientCaFile,
      reloadIntervalMs: RELOAD_MS,
    },
    clock,
    logger: { ...NO_LOGGER, warn: (_fields, message) => warnings.push(message) },
  });
  servers.push(server);
  return server;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-tls-'));
  clock = new ManualClock();
  warnings = [];
  install('server');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
  rmSync(folder, { recursive: true });
});

async function echo(address: string, channelCredentials: ChannelCredentials): Promise<string> {
  const client = createClient(address, channelCredentials, { 'grpc.use_local_subchannel_pool': 1 });
  try {
    return (
      await unary(client, '/test.Echo/Unary', Buffer.from('secret'), { deadline: Date.now() + 10_000 })
    ).toString();
  } finally {
    client.close();
  }
}

/** What a new connection gets to see. */
async function presentedName(address: string): Promise<string | string[] | undefined> {
  const socket = connect({ port: Number(address.split(':')[1]), ca: fixture('ca.pem'), ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const certificate: PeerCertificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate.subject.CN;
}

const trusting = () => credentials.createSsl(fixture('ca.pem'));
const identified = (name: string) =>
  credentials.createSsl(fixture('ca.pem'), fixture(`${name}.key`), fixture(`${name}.pem`));

it('tells when the certificate in use expires', () => {
  expect(createServer().certificateExpiresMs).toBe(Date.UTC(2126, 9, 28, 6, 45));
});

it('serves TLS to clients that trust the authority', async () => {
  const address = await createServer().start();
  expect(await echo(address, trusting())).toBe('secret');
  expect(await failureOf(echo(address, credentials.createInsecure()))).toMatchObject({ code: status.UNAVAILABLE });
});

it('demands client certificates of the given authority and of no other', async () => {
  const address = await createServer(join(FIXTURES, 'ca.pem')).start();
  expect(await echo(address, identified('client'))).toBe('secret');
  expect(await failureOf(echo(address, trusting()))).toMatchObject({ code: status.UNAVAILABLE });
  expect(await failureOf(echo(address, identified('stranger')))).toMatchObject({ code: status.UNAVAILABLE });
});

it('refuses protocols older than TLS 1.2', async () => {
  const address = await createServer().start();
  const socket = connect({
    port: Number(address.split(':')[1]),
    ca: fixture('ca.pem'),
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    // OpenSSL itself refuses to speak the old versions above this level.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

it('shows new connections the certificate that replaced the first', async () => {
  const address = await createServer().start();
  expect(await presentedName(address)).toBe('server');
  install('rotated');
  clock.advance(RELOAD_MS);
  expect(await presentedName(address)).toBe('rotated server');
});

it('keeps the last good certificate while the files cannot be used', async () => {
  const address = await createServer().start();
  copyFileSync(join(FIXTURES, 'rotated.pem'), join(folder, 'tls.pem'));
  clock.advance(RELOAD_MS);
  expect(await presentedName(address)).toBe('server');
  rmSync(join(folder, 'tls.key'));
  clock.advance(RELOAD_MS);
  expect(await echo(address, trusting())).toBe('secret');
  expect(warnings).toHaveLength(2);
  install('rotated');
  clock.advance(RELOAD_MS);
  expect(await presentedName(address)).toBe('rotated server');
});

it('stops reading the files when it stops', async () => {
  const server = createServer();
  await server.start();
  await server.stop(0);
  expect(clock.pending).toBe(0);
});

it.each([
  ['a missing certificate', () => rmSync(join(folder, 'tls.pem')), /certificate file cannot be read: ENOENT.*tls\.pem/],
  ['a missing key', () => rmSync(join(folder, 'tls.key')), /private key file cannot be read: ENOENT.*tls\.key/],
  [
    'a file that is no certificate',
    () => writeFileSync(join(folder, 'tls.pem'), 'hello'),
    /cannot be used \(.*tls\.pem/,
  ],
  [
    'a key of another certificate',
    () => copyFileSync(join(FIXTURES, 'rotated.key'), join(folder, 'tls.key')),
    /mismatch/,
  ],
])('does not start with %s', (_what, damage, message) => {
  damage();
  expect(() => createServer()).toThrow(
    expect.objectContaining({
      reason: 'ARGUMENT_INVALID',
      message: expect.stringMatching(message) as string,
    }) as BrokerError,
  );
});

it('does not start with a client CA file without a certificate', () => {
  expect(() => createServer(join(FIXTURES, 'client.key'))).toThrow(/client\.key holds no certificate/);
});
