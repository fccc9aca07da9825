import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { EventBusClient, EventBusError } from '../../../../src/client/index.js';

/** Answers a request line; undefined says nothing. */
type Answer = (line: string, socket: Socket) => string | undefined;

let server: Server;
let answer: Answer;
let received: string[];
const sockets = new Set<Socket>();
const clients: EventBusClient[] = [];

beforeEach(async () => {
  received = [];
  answer = ok;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => {
      received.push(line);
      const text = answer(line, socket);
      if (text !== undefined && !socket.destroyed) socket.write(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

function ok(line: string): string {
  const { operation } = JSON.parse(line) as { operation: string };
  return `{"operation":"${operation}","status":true}\n`;
}

async function open(timeoutMs = 10_000): Promise<EventBusClient> {
  const { port } = server.address() as AddressInfo;
  const client = await EventBusClient.connect({
    address: `127.0.0.1:${port}`,
    credentials: { clientId: 'me', clientSecret: 'sec"ret' },
    timeoutMs,
  });
  clients.push(client);
  return client;
}

async function failureOf(failing: Promise<unknown>): Promise<EventBusError> {
  const error: unknown = await failing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EventBusError) return error;
  throw new Error('there was no EventBusError', { cause: error });
}

const AUTH = '"auth":{"client_id":"me","client_secret":"sec\\"ret"}';

test('sends the requests of the protocol, one per line', async () => {
  const client = await open();
  answer = (line) => {
    const { operation } = JSON.parse(line) as { operation: string };
    const stream = '{"id":"i","name":"s","created_at":"2026-01-01T00:00:00Z"}';
    return `{"operation":"${operation}","status":true,"body":{"events":[],"stream":${stream}}}\n`;
  };
  await client.health();
  expect(await client.createStream('a "b"')).toEqual({ id: 'i', name: 's', createdAt: '2026-01-01T00:00:00Z' });
  await client.createStream('s', { eventTtlSeconds: 0 });
  await client.getStreamInfo('s');
  await client.deleteStream('s');
  await client.getStreamEvents('s');
  await client.writeEvent('s', ' {"z": 12345678901234567890.0,\r\n"a": "\\n"}');
  await client.processEvents('s', { limit: 5, after: 'e', leaseSeconds: 30 });
  await client.retryEvents('s', { limit: 1 });
  await client.markEvent('e', 2);
  await client.markEvent('e', 0, { leaseId: 'l' });
  expect(received).toEqual([
    '{"operation":"health"}',
    `{"operation":"create_stream",${AUTH},"body":{"stream_name":"a \\"b\\""}}`,
    `{"operation":"create_stream",${AUTH},"body":{"stream_name":"s","event_ttl_seconds":0}}`,
    `{"operation":"get_stream_info",${AUTH},"body":{"stream_name":"s"}}`,
    `{"operation":"delete_stream",${AUTH},"body":{"stream_name":"s"}}`,
    `{"operation":"get_stream_events",${AUTH},"body":{"stream_name":"s"}}`,
    `{"operation":"write_event",${AUTH},"body":{"stream_name":"s","event": {"z": 12345678901234567890.0,  "a": "\\n"}}}`,
    `{"operation":"process_events",${AUTH},"body":{"stream_name":"s","limit":5,"after":"e","lease_seconds":30}}`,
    `{"operation":"retry_events",${AUTH},"body":{"stream_name":"s","limit":1}}`,
    `{"operation":"mark_event",${AUTH},"body":{"event_id":"e","status":2}}`,
    `{"operation":"mark_event",${AUTH},"body":{"event_id":"e","status":0,"lease_id":"l"}}`,
  ]);
});

test('gives bodies byte for byte, and the lease', async () => {
  const client = await open();
  const bodies = ['{"n":123456789012345678901234567890.10,"b":1,"a":"\\u003c<\\/"}', 'null', '[ 1 ]', '"}]\\""'];
  const events = bodies.map(
    (body, index) => `{"id":"e${index}","stream_id":"s","status":${index % 3},"created_at":"t","body":${body}}`,
  );
  const lease = '"lease":{"id":"l","expires_at":"2026-01-01T00:00:30Z"}';
  answer = () => `{"operation":"process_events","status":true,"body":{"events":[${events.join()}],${lease}}}\n`;
  const taken = await client.processEvents('s', { leaseSeconds: 30 });
  expect(taken.lease).toEqual({ id: 'l', expiresAt: '2026-01-01T00:00:30Z' });
  expect(taken.events.map(({ body }) => body.toString())).toEqual(bodies);
  expect(taken.events[1]).toEqual({ id: 'e1', streamId: 's', status: 1, createdAt: 't', body: Buffer.from('null') });
});

test('matches answers with requests by their order, however they are cut into packets', async () => {
  const client = await open();
  let answers = '';
  const allAsked = new Promise<void>((resolve) => {
    answer = (line) => {
      const { body } = JSON.parse(line) as { body: { stream_name: string } };
      answers += `{"operation":"create_stream","status":false,"reason":"no ${body.stream_name}"}\r\n`;
      if (received.length === 500) resolve();
      return undefined;
    };
  });
  const failing = Array.from({ length: 500 }, (_, index) => failureOf(client.createStream(`s${index}`)));
  await allAsked;
  const [socket] = sockets;
  for (let at = 0; at < answers.length; at += 777) {
    await new Promise((resolve) => socket?.write(answers.slice(at, at + 777), resolve));
  }
  const reasons = (await Promise.all(failing)).map(({ reason }) => reason);
  expect(reasons).toEqual(failing.map((_, index) => `no s${index}`));
});

test('tells operation, reason and context of a refusal and goes on', async () => {
  const client = await open();
  const context = { body: [{ name: 'stream_name', type: 'string', required: true }] };
  answer = () =>
    `{"operation":"create_stream","status":false,"reason":"missing","context":${JSON.stringify(context)}}\n`;
  expect(await failureOf(client.createStream('s'))).toMatchObject({
    operation: 'create_stream',
    reason: 'missing',
    message: 'missing',
    answered: true,
    context,
  });
  answer = () => '{"operation":"decode_request","status":false,"reason":"invalid json provided"}\n';
  expect(await failureOf(client.createStream('s'))).toMatchObject({ operation: 'decode_request', context: {} });
  answer = ok;
  await client.health();
});

test.each([
  '',
  'x',
  '[]',
  '{"operation":1,"status":false,"reason":"x"}',
  '{"operation":"create_stream","status":true}',
])('says that it cannot read the answer %j', async (text) => {
  const client = await open();
  answer = () => `${text}\n`;
  expect(await failureOf(client.createStream('s'))).toMatchObject({
    operation: 'create_stream',
    reason: 'the answer cannot be read',
    answered: false,
  });
});

test.each(['', '{"a":1}}\n{"operation":"exit"}', '1,"x":2', '{', 'x'])('sends no event %j', async (event) => {
  const client = await open();
  expect(await failureOf(client.writeEvent('s', event))).toMatchObject({ operation: 'write_event', answered: false });
  await client.health();
  expect(received).toEqual(['{"operation":"health"}']);
});

test('sends no event that is not UTF-8', async () => {
  const client = await open();
  const failure = await failureOf(client.writeEvent('s', Buffer.from([0x22, 0xff, 0x22])));
  expect(failure.answered).toBe(false);
});

test('does not change the bytes that it was given', async () => {
  const client = await open();
  const event = Buffer.from('[1,\n2]');
  await client.writeEvent('s', event);
  expect(event.toString()).toBe('[1,\n2]');
});

test('fails what has no answer when the server closes the connection', async () => {
  const client = await open();
  answer = (line, socket) => {
    if (received.length === 1) return ok(line);
    if (received.length === 2) socket.end('{"operation":"health"');
    return undefined;
  };
  await client.health();
  const failures = await Promise.all([failureOf(client.health()), failureOf(client.deleteStream('s'))]);
  expect(failures.map(({ operation, answered }) => [operation, answered])).toEqual([
    ['health', false],
    ['delete_stream', false],
  ]);
  await client.closed;
  expect(await failureOf(client.health())).toMatchObject({ reason: 'the server closed the connection' });
});

test('closes a connection on which the server answers to nothing', async () => {
  const client = await open();
  await client.health();
  for (const socket of sockets) socket.write('{"operation":"health","status":true}\n');
  await client.closed;
});

test('gives up when the server does not answer in time', async () => {
  const client = await open(50);
  answer = () => undefined;
  expect(await failureOf(client.health())).toMatchObject({ reason: 'the server did not answer within 50 ms' });
  await client.closed;
});

test('waits for all answers and the end of the connection when it exits', async () => {
  const client = await open();
  answer = (line, socket) => {
    if (!line.includes('exit')) return ok(line);
    socket.end(ok(line));
    return undefined;
  };
  const done = Promise.all([client.health(), client.exit()]);
  await done;
  await client.closed;
  expect(received).toEqual(['{"operation":"health"}', '{"operation":"exit"}']);
});

test('fails what has no answer when it is closed', async () => {
  const client = await open();
  answer = () => undefined;
  const failing = failureOf(client.health());
  client.close();
  expect(await failing).toMatchObject({ reason: 'the connection was closed', answered: false });
});

test('tells when no server is there', async () => {
  const failing = failureOf(EventBusClient.connect({ address: '127.0.0.1:1' }));
  expect(await failing).toMatchObject({
    operation: 'connect',
    answered: false,
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

test.each(['localhost', 'localhost:', ':8080', 'localhost:65536', 'a:b:1'])(
  'refuses the address %j',
  async (address) => {
    expect(await failureOf(EventBusClient.connect({ address }))).toMatchObject({ operation: 'connect' });
  },
);
