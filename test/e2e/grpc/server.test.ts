import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { systemClock } from '../../../src/core/clock.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { RpcStream } from '../../../src/grpc/rpc-call.js';
import { GrpcServer, type TransportLimits } from '../../../src/grpc/server.js';
import { echoServices } from '../../support/echo-service.js';
import { createClient, failureOf, identity, seenError, unary } from '../../support/grpc-client.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RawGrpc } from '../../support/raw-grpc.js';

const events = new EventEmitter();
const servers: GrpcServer[] = [];

function createGrpcServer(address: string, limits: Partial<TransportLimits> = {}, clock = systemClock): GrpcServer {
  const services = echoServices((event, stream) => events.emit(event, stream));
  const server = new GrpcServer({ address, services, limits, clock, logger: NO_LOGGER });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop(0)));
});

async function openSocket(address: string): Promise<Socket> {
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('start', () => {
  it('listens on a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-'));
    const address = `unix:${join(folder, 'grpc.sock')}`;
    const server = createGrpcServer(address);
    expect(await server.start()).toBe(address);
    const client = createClient(address);
    expect((await unary(client, '/test.Echo/Unary', Buffer.from('hello'))).toString()).toBe('hello');
    client.close();
    await server.stop(1000);
    expect(existsSync(join(folder, 'grpc.sock'))).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('listens on IPv6', async () => {
    const address = await createGrpcServer('[::1]:0').start();
    expect(address).toMatch(/^\[::1\]:[1-9]\d*$/);
    const client = createClient(address);
    expect((await unary(client, '/test.Echo/Unary', Buffer.from('hello'))).toString()).toBe('hello');
    client.close();
  });

  it('says in one line that the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    await expect(createGrpcServer(address).start()).rejects.toMatchObject({
      reason: 'ARGUMENT_INVALID',
      message: `the gRPC address ${address} is in use by another process`,
    });
    taken.close();
  });

  it.each([
    ['203.0.113.7:0', 'the gRPC address 203.0.113.7:0 is not an address of this machine'],
    ['unix:/does/not/exist/grpc.sock', /cannot be listened on: listen ENOENT|needs permissions/],
  ])('says what is wrong with %s', async (address, message) => {
    await expect(createGrpcServer(address).start()).rejects.toThrow(message);
  });

  it.each(['', 'localhost', '127.0.0.1:65536', '127.0.0.1:grpc', '::1:80'])(
    'refuses the address "%s"',
    async (address) => {
      await expect(createGrpcServer(address).start()).rejects.toThrow(/is not an address/);
    },
  );
});

describe('limits', () => {
  it('bounds the connections', async () => {
    const server = createGrpcServer('127.0.0.1:0', { maxConnections: 2 });
    const address = await server.start();
    const [first] = [await openSocket(address), await openSocket(address)];
    await once((await openSocket(address)).resume(), 'close');
    expect(server.connections).toBe(2);
    expect(server.refusedConnections).toBe(1);
    first.destroy();
    const client = createClient(address);
    // The place is free once the server has seen the first connection go.
    const answer = await unary(client, '/test.Echo/Unary', Buffer.from('hello')).catch(() =>
      unary(client, '/test.Echo/Unary', Buffer.from('hello')),
    );
    expect(answer.toString()).toBe('hello');
    client.close();
  });

  it('bounds the connections from one address', async () => {
    const address = await createGrpcServer('127.0.0.1:0', { maxConnectionsPerAddress: 1 }).start();
    await openSocket(address);
    await once((await openSocket(address)).resume(), 'close');
  });

  it('announces how many streams a connection may have', async () => {
    const address = await createGrpcServer('127.0.0.1:0', { maxStreamsPerConnection: 7 }).start();
    const session = connectHttp2(`http://${address}`);
    await once(session, 'remoteSettings');
    expect(session.remoteSettings.maxConcurrentStreams).toBe(7);
    session.destroy();
  });
});

describe('stop', () => {
  it('waits for open calls, tells the clients to go elsewhere, and accepts nothing more', async () => {
    const server = createGrpcServer('127.0.0.1:0');
    const address = await server.start();
    const raw = new RawGrpc(address);
    const client = createClient(address);
    const call = client.makeBidiStreamRequest('/test.Echo/Chat', identity, identity);
    call.write(Buffer.from('before'));
    await once(call, 'data');
    const goaway = once(raw.session, 'goaway');
    await new Promise((resolve) => raw.session.ping(resolve));
    const stopped = server.stop(60_000);
    await goaway;
    call.write(Buffer.from('after'));
    expect(((await once(call, 'data')) as [Buffer])[0].toString()).toBe('after');
    const refused = connect(Number(address.split(':')[1]), '127.0.0.1');
    expect(((await once(refused, 'error')) as [NodeJS.ErrnoException])[0].code).toBe('ECONNREFUSED');
    call.end();
    await once(call.resume(), 'end');
    await stopped;
    client.close();
  });

  it('ends what is still open at its deadline, and then breaks what is still connected', async () => {
    const clock = new ManualClock();
    const server = createGrpcServer('127.0.0.1:0', {}, clock);
    const address = await server.start();
    const client = createClient(address);
    const silent = await openSocket(address);
    const opened = once(events, 'message') as Promise<[RpcStream]>;
    const call = client.makeBidiStreamRequest('/test.Echo/Chat', identity, identity);
    const failed = once(call, 'error') as Promise<[ServiceError]>;
    call.resume();
    call.write(Buffer.from('hello'));
    await opened;
    const cancelled = once(events, 'cancel');
    const broken = once(silent.resume(), 'close');
    const stopped = server.stop(5000);
    clock.advance(5000);
    await cancelled;
    expect(seenError((await failed)[0])).toMatchObject({ code: status.UNAVAILABLE, reason: 'SHUTTING_DOWN' });
    clock.advance(200);
    await stopped;
    await broken;
    expect(server.connections).toBe(0);
    expect(clock.pending).toBe(0);
    client.close();
  });

  it('can be called again, and before start', async () => {
    const server = createGrpcServer('127.0.0.1:0');
    await server.stop(1000);
    await server.stop(1000);
    const started = createGrpcServer('127.0.0.1:0');
    const address = await started.start();
    await Promise.all([started.stop(1000), started.stop(1000)]);
    const client = createClient(address);
    expect(await failureOf(unary(client, '/test.Echo/Unary', Buffer.alloc(0)))).toMatchObject({
      code: status.UNAVAILABLE,
    });
    client.close();
  });
});
