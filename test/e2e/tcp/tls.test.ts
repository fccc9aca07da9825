import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { BrokerError } from '../../../src/core/errors.js';
import { BusInProcess } from '../../support/bus-in-process.js';
import { request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
import { until } from '../../support/until.js';

const FIXTURES = join(__dirname, '../../fixtures/tls');
const RELOAD_MS = 1000;
const HEALTH = `${request('health')}\n`;
const HEALTHY = `${success('health')}\n`;

let folder: string;
let server: BusInProcess | undefined;

function fixture(name: string): Buffer {
  return readFileSync(join(FIXTURES, name));
}

/** Puts the certificate and key of `name` where the server looks. */
function install(name: string): void {
  copyFileSync(join(FIXTURES, `${name}.pem`), join(folder, 'tls.pem'));
  copyFileSync(join(FIXTURES, `${name}.key`), join(folder, 'tls.key'));
}

async function start(clientCaFile?: string): Promise<BusInProcess> {
  const tls = {
    certFile: join(folder, 'tls.pem'),
    keyFile: join(folder, 'tls.key'),
    clientCaFile,
    reloadIntervalMs: RELOAD_MS,
  };
  server = await BusInProcess.start({ tls });
  return server;
}

async function open(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, ca: fixture('ca.pem'), servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** Everything that the server answers to a client that sends this and closes its side. */
async function answersTo(socket: TLSSocket, requests: string): Promise<string> {
  socket.end(requests);
  return text(socket);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-tcp-'));
  install('server');
});

afterEach(async () => {
  await server?.dispose();
  server = undefined;
  rmSync(folder, { recursive: true });
});

it('serves TLS, also a client that has closed its side', async () => {
  const { port } = await start();
  expect(await answersTo(await open(port), HEALTH.repeat(3))).toBe(HEALTHY.repeat(3));
});

it('closes plain connections without an answer', async () => {
  const { port } = await start();
  const socket = connectPlain(port, '127.0.0.1');
  socket.on('error', () => {});
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])));
  socket.write(HEALTH);
  await once(socket, 'close');
  expect(received.toString('latin1')).not.toContain('{');
});

it('demands client certificates of the given authority and of no other', async () => {
  const { port } = await start(join(FIXTURES, 'ca.pem'));
  const identified = (name: string) => ({ cert: fixture(`${name}.pem`), key: fixture(`${name}.key`) });
  expect(await answersTo(await open(port, identified('client')), HEALTH)).toBe(HEALTHY);
  for (const refused of [{}, identified('stranger')]) {
    const answered = open(port, refused).then((socket) => answersTo(socket, HEALTH));
    expect(await answered.catch((error: NodeJS.ErrnoException) => error.code)).toMatch(/^(ERR_SSL.*|ECONNRESET|)$/);
  }
});

it('shows new connections the certificate that replaced the first', async () => {
  const { port, clock } = await start();
  const first = await open(port);
  expect(first.getPeerCertificate().subject.CN).toBe('server');
  install('rotated');
  clock.advance(RELOAD_MS);
  const second = await open(port);
  expect(second.getPeerCertificate().subject.CN).toBe('rotated server');
  expect(await answersTo(first, HEALTH)).toBe(HEALTHY);
  expect(await answersTo(second, HEALTH)).toBe(HEALTHY);
});

it('does not wait for handshakes that are not finished when it stops', async () => {
  const bus = await start();
  const socket = connectPlain(bus.port, '127.0.0.1');
  await once(socket, 'connect');
  // A finished handshake tells that the server has seen the connection before it.
  (await open(bus.port)).destroy();
  const closed = once(socket.resume(), 'close');
  await bus.server.stop(60_000);
  await closed;
  expect(bus.clock.pending).toBe(0);
});

it('forgets connections that have gone, and breaks those that do not go in time', async () => {
  const bus = await start();
  expect(await answersTo(await open(bus.port), HEALTH)).toBe(HEALTHY);
  await until(() => bus.server.connections === 0);
  await bus.streams.create('s');
  const release = bus.holdWrites();
  const socket = await open(bus.port);
  socket.on('error', () => {});
  socket.write(`${writeRequest('s', '1')}\n`);
  await until(() => bus.writes === 1);
  const closed = once(socket.resume(), 'close');
  const stopped = bus.server.stop(5000);
  bus.clock.advance(5000);
  await Promise.all([stopped, closed]);
  release();
});

it('does not start with files that it cannot use', async () => {
  rmSync(join(folder, 'tls.key'));
  await expect(start()).rejects.toThrow(expect.objectContaining({ reason: 'ARGUMENT_INVALID' }) as BrokerError);
});
