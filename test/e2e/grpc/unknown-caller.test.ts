import { once } from 'node:events';
import { type Client, Metadata, status } from '@grpc/grpc-js';
import { type Access, FULL_ACCESS } from '../../../src/auth/access.js';
import type { Authenticator } from '../../../src/auth/authenticator.js';
import { systemClock } from '../../../src/core/clock.js';
import { BrokerError } from '../../../src/core/errors.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { RpcContext } from '../../../src/grpc/rpc-call.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { createClient, failureOf, identity, unary } from '../../support/grpc-client.js';

/** A promise that is settled from outside. */
class Deferred<T> {
  resolve!: (value: T) => void;
  reject!: (error: Error) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** Decides when the test says so. */
class SlowAuthenticator implements Authenticator {
  readonly asked = new Deferred<void>();
  readonly verdict = new Deferred<Access>();

  verify(): Promise<Access> {
    this.asked.resolve();
    return this.verdict.promise;
  }

  byCertificate(): Access {
    throw new BrokerError('CREDENTIALS_INVALID', 'nobody has a certificate here');
  }
}

let authenticator: SlowAuthenticator;
let server: GrpcServer;
let client: Client;
/** Calls that a handler has seen. */
let handled: RpcContext[];
let ended: Deferred<number>;
let failures: number;

beforeEach(async () => {
  authenticator = new SlowAuthenticator();
  handled = [];
  ended = new Deferred();
  failures = 0;
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: {
      'test.Service': {
        Unary: {
          kind: 'unary',
          handler: async (request, context) => {
            handled.push(context);
            return request;
          },
        },
        Bidi: {
          kind: 'bidi',
          handler: (stream) => {
            handled.push(stream);
            stream.read();
            return {
              onMessage: (message) => {
                stream.send(message, () => undefined);
                stream.read();
              },
              onHalfClose: () => stream.end(),
              onCancel: () => undefined,
            };
          },
        },
      },
    },
    clock: systemClock,
    logger: NO_LOGGER,
    observer: { callStarted: () => undefined, callEnded: (_method, code) => ended.resolve(code) },
    authenticator,
    authObserver: { authenticationFailed: () => void failures++ },
  });
  client = createClient(await server.start());
});

afterEach(async () => {
  client.close();
  authenticator.verdict.resolve(FULL_ACCESS);
  await server.stop(0);
});

function authorized(): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer shop:secret');
  return metadata;
}

function openStream() {
  const stream = client.makeBidiStreamRequest('/test.Service/Bidi', identity, identity, authorized());
  stream.on('error', () => undefined);
  return stream;
}

/** Resolves when what waited for the verdict has run. */
async function decide(): Promise<void> {
  authenticator.verdict.resolve(FULL_ACCESS);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a call whose caller is not known yet', () => {
  test('is handed to its method when the caller is known, without the secret', async () => {
    const answer = unary(client, '/test.Service/Unary', Buffer.from('hello'), { metadata: authorized() });
    await authenticator.asked.promise;
    expect(handled).toEqual([]);
    const access: Access = { ...FULL_ACCESS, clientId: 'shop' };
    authenticator.verdict.resolve(access);
    expect((await answer).toString()).toBe('hello');
    expect(handled[0]?.access).toBe(access);
    expect(handled[0]?.header('authorization')).toBeUndefined();
  });

  test('loses nothing of what the client has sent', async () => {
    const stream = openStream();
    stream.write(Buffer.from('first'));
    stream.write(Buffer.from('second'));
    stream.end();
    await authenticator.asked.promise;
    const received: string[] = [];
    stream.on('data', (message: Buffer) => received.push(message.toString()));
    const allReceived = once(stream, 'end');
    await decide();
    await allReceived;
    expect(received).toEqual(['first', 'second']);
    expect(await ended.promise).toBe(status.OK);
  });

  test('is refused when the caller turns out to be nobody', async () => {
    const answer = failureOf(unary(client, '/test.Service/Unary', Buffer.from('hello'), { metadata: authorized() }));
    await authenticator.asked.promise;
    authenticator.verdict.reject(new BrokerError('CREDENTIALS_INVALID', 'unauthorized to make request'));
    expect(await answer).toMatchObject({ code: status.UNAUTHENTICATED, reason: 'CREDENTIALS_INVALID' });
    expect(handled).toEqual([]);
    expect(failures).toBe(1);
  });

  test('ends when the client cancels it', async () => {
    const stream = openStream();
    await authenticator.asked.promise;
    stream.cancel();
    expect(await ended.promise).toBe(status.CANCELLED);
    await decide();
    expect(handled).toEqual([]);
  });

  test('ends at its deadline', async () => {
    const answer = failureOf(
      unary(client, '/test.Service/Unary', Buffer.from('hello'), {
        metadata: authorized(),
        deadline: Date.now() + 300,
      }),
    );
    await authenticator.asked.promise;
    expect(await answer).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    // Client and server watch the same time: whoever is first, the other learns it as a reset or not at all.
    expect([status.DEADLINE_EXCEEDED, status.CANCELLED]).toContain(await ended.promise);
    await decide();
    expect(handled).toEqual([]);
  });

  test('does not keep the server from stopping', async () => {
    openStream();
    await authenticator.asked.promise;
    await server.stop(0);
    expect(await ended.promise).toBe(status.UNAVAILABLE);
    await decide();
    expect(handled).toEqual([]);
  });
});
