import { EventEmitter, once } from 'node:events';
import { type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { systemClock } from '../../../src/core/clock.js';
import type { LogFields } from '../../../src/core/logger.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { MethodInfo, RpcStream } from '../../../src/grpc/rpc-call.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { echoServices } from '../../support/echo-service.js';
import { createClient, failureOf, identity, seenError, unary } from '../../support/grpc-client.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';

const events = new EventEmitter();
const logged: LogFields[] = [];
const observed: (readonly [path: string, code: number])[] = [];
let server: GrpcServer;
let client: Client;
/** Sends a deadline and does not keep it itself, so that the server is the first to see it pass. */
let patient: RawGrpc;

beforeAll(async () => {
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: echoServices((event, stream) => events.emit(event, stream)),
    clock: systemClock,
    logger: { ...NO_LOGGER, error: (fields) => logged.push(fields) },
    observer: {
      callStarted: () => undefined,
      callEnded: (method, code) => observed.push([method.path, code]),
    },
  });
  const address = await server.start();
  client = createClient(address);
  patient = new RawGrpc(address);
});

beforeEach(() => {
  logged.length = 0;
  observed.length = 0;
});

afterAll(async () => {
  client.close();
  await patient.close();
  await server.stop(1000);
});

function received(path: string, request: string): Promise<{ messages: string[]; error: ServiceError | undefined }> {
  return new Promise((resolve) => {
    const messages: string[] = [];
    const call = client.makeServerStreamRequest(path, identity, identity, Buffer.from(request));
    call.on('data', (message: Buffer) => messages.push(message.toString()));
    call.on('error', (error: ServiceError) => resolve({ messages, error }));
    call.on('end', () => resolve({ messages, error: undefined }));
  });
}

describe('unary methods', () => {
  it('answer with the message of their handler', async () => {
    expect((await unary(client, '/test.Echo/Unary', Buffer.from('hello'))).toString()).toBe('hello');
    expect(await unary(client, '/test.Echo/Unary', Buffer.alloc(0))).toHaveLength(0);
    expect(observed).toEqual([
      ['/test.Echo/Unary', status.OK],
      ['/test.Echo/Unary', status.OK],
    ]);
  });

  it('see their method, peer, headers and deadline', async () => {
    const metadata = new Metadata();
    metadata.set('x-tenant', 'blue');
    const before = performance.now();
    const answer = await unary(client, '/test.Echo/Describe', Buffer.alloc(0), {
      metadata,
      deadline: Date.now() + 60_000,
    });
    const described = JSON.parse(answer.toString()) as { method: MethodInfo; deadlineMs: number; peer: string };
    expect(described).toMatchObject({
      method: { path: '/test.Echo/Describe', service: 'test.Echo', name: 'Describe', kind: 'unary' },
      tenant: 'blue',
      peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
    expect(described.deadlineMs).toBeGreaterThan(before + 50_000);
    expect(described.deadlineMs).toBeLessThan(performance.now() + 61_000);
  });

  it('have no deadline when the caller sets none or one beyond 24.8 days that overflows', async () => {
    const open = JSON.parse((await unary(client, '/test.Echo/Describe', Buffer.alloc(0))).toString()) as object;
    expect(open).not.toHaveProperty('deadlineMs');
    // 30 days in milliseconds come out negative in 32 bits.
    const deadline = Date.now() + 30 * 86_400_000;
    const far = JSON.parse(
      (await unary(client, '/test.Echo/Describe', Buffer.alloc(0), { deadline })).toString(),
    ) as object;
    expect(far).not.toHaveProperty('deadlineMs');
  });

  it('end with the code, reason and fields of the error that their handler rejects with', async () => {
    expect(await failureOf(unary(client, '/test.Echo/Fail', Buffer.from('MESSAGE_NOT_FOUND')))).toEqual({
      code: status.NOT_FOUND,
      details: 'no message 7',
      reason: 'MESSAGE_NOT_FOUND',
      domain: 'waybill.v1',
      fields: { subject: 'orders', id: '7' },
      retryDelay: undefined,
    });
    expect(logged).toEqual([]);
    expect(observed).toEqual([['/test.Echo/Fail', status.NOT_FOUND]]);
  });

  it('say when to try again', async () => {
    const error = await failureOf(unary(client, '/test.Echo/Fail', Buffer.from('WRITER_QUEUE_FULL')));
    expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, retryDelay: '2.500000000' });
  });

  it.each(['/test.Echo/Fail', '/test.Echo/Throw'])(
    'tell nothing of an unexpected error but an id that is in the log (%s)',
    async (path) => {
      const error = await failureOf(unary(client, path, Buffer.from('anything')));
      expect(error).toMatchObject({ code: status.INTERNAL, details: 'internal error', reason: 'INTERNAL' });
      expect(error.fields).toEqual({ error_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
      expect(JSON.stringify(error)).not.toContain('secret');
      expect(logged).toEqual([{ error_id: error.fields.error_id, err: new Error('a secret of the handler') }]);
    },
  );

  it('survive an error text that is not well-formed', async () => {
    const error = await failureOf(unary(client, '/test.Echo/Fail', Buffer.from('half a character')));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'SUBJECT_INVALID' });
  });

  it('use the codes that their contract fixes', async () => {
    const error = await failureOf(unary(client, '/test.Echo/Recoded', Buffer.alloc(0)));
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'MESSAGE_NOT_FOUND' });
  });

  it('are observed as past their deadline', async () => {
    const answer = await patient.call('/test.Echo/Hang', frame(Buffer.alloc(0)), { 'grpc-timeout': '50m' });
    expect(answer.status).toBe(status.DEADLINE_EXCEEDED);
    await unary(client, '/test.Echo/Unary', Buffer.alloc(0));
    expect(observed).toContainEqual(['/test.Echo/Hang', status.DEADLINE_EXCEEDED]);
  });

  it('serve many callers at a time', async () => {
    const requests = Array.from({ length: 500 }, (_, index) => Buffer.from(`message ${index}`));
    const answers = await Promise.all(requests.map((request) => unary(client, '/test.Echo/Unary', request)));
    expect(answers.map(String)).toEqual(requests.map(String));
  });
});

describe('server streams', () => {
  it('send what their handler sends, end once, and are not cancelled by it', async () => {
    const cancelled = jest.fn();
    events.on('cancel', cancelled);
    expect(await received('/test.Echo/Repeat', 'again')).toEqual({
      messages: ['again', 'again', 'again'],
      error: undefined,
    });
    await unary(client, '/test.Echo/Unary', Buffer.alloc(0));
    events.off('cancel', cancelled);
    expect(cancelled).not.toHaveBeenCalled();
    expect(observed).toContainEqual(['/test.Echo/Repeat', status.OK]);
  });

  it('tell their handler once that the client has cancelled', async () => {
    const call = client.makeServerStreamRequest('/test.Echo/Watch', identity, identity, Buffer.from('one'));
    call.on('error', () => undefined);
    await once(call, 'data');
    const cancelled = once(events, 'cancel') as Promise<[RpcStream]>;
    call.cancel();
    const [stream] = await cancelled;
    expect(stream.ended).toBe(true);
    stream.send(Buffer.from('too late'), () => events.emit('sent late'));
    stream.end();
    expect(observed).toEqual([['/test.Echo/Watch', status.CANCELLED]]);
  });

  it('tell their handler that the deadline has passed', async () => {
    const cancelled = once(events, 'cancel');
    const answer = await patient.call('/test.Echo/Watch', frame(Buffer.from('one')), { 'grpc-timeout': '100m' });
    expect(answer.status).toBe(status.DEADLINE_EXCEEDED);
    await cancelled;
    expect(observed).toEqual([['/test.Echo/Watch', status.DEADLINE_EXCEEDED]]);
  });

  it('end with the error that their handler throws', async () => {
    const { messages, error } = await received('/test.Echo/ThrowStream', 'MESSAGE_NOT_FOUND');
    expect(messages).toEqual([]);
    expect(seenError(error)).toMatchObject({ code: status.NOT_FOUND, reason: 'MESSAGE_NOT_FOUND' });
  });
});

describe('bidirectional streams', () => {
  it('exchange messages until the client ends its side', async () => {
    const call = client.makeBidiStreamRequest('/test.Echo/Chat', identity, identity);
    const messages: string[] = [];
    call.on('data', (message: Buffer) => messages.push(message.toString()));
    for (const text of ['a', 'b', 'c']) call.write(Buffer.from(text));
    call.end();
    await once(call, 'end');
    expect(messages).toEqual(['a', 'b', 'c']);
    expect(observed).toEqual([['/test.Echo/Chat', status.OK]]);
  });

  it('hide what their handler throws and tell it that the call is over', async () => {
    const cancelled = once(events, 'cancel');
    const call = client.makeBidiStreamRequest('/test.Echo/Chat', identity, identity);
    call.write(Buffer.from('throw'));
    call.resume();
    const [error] = (await once(call, 'error')) as [ServiceError];
    expect(seenError(error)).toMatchObject({ code: status.INTERNAL, details: 'internal error' });
    await cancelled;
    expect(logged).toHaveLength(1);
  });
});
