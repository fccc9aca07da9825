import { FULL_ACCESS, type Access } from '../../../src/auth/access.js';
import { BrokerError } from '../../../src/core/errors.js';
import { BusInProcess, verify } from '../../support/bus-in-process.js';
import { failure, request, success, UNAUTHORIZED, writeRequest } from '../../support/event-bus/bus-requests.js';
import { until } from '../../support/until.js';

let server: BusInProcess;

afterEach(() => server.dispose());

async function startWithStream(options: Parameters<typeof BusInProcess.start>[0] = {}): Promise<void> {
  server = await BusInProcess.start(options);
  await server.streams.create('s');
}

function bodiesOf(answer: string): unknown[] {
  return (JSON.parse(answer) as { body: { events: { body: unknown }[] } }).body.events.map(({ body }) => body);
}

it('begins writes while earlier ones are on their way', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  for (let index = 0; index < 50; index++) bus.send(`${writeRequest('s', String(index))}\n`);
  await until(() => server.writes === 50);
  release();
  expect((await bus.lines(50)).map(String)).toEqual(new Array(50).fill(success('write_event')));
  expect(bodiesOf(await bus.ask(request('get_stream_events', { stream_name: 's' })))).toEqual(
    Array.from({ length: 50 }, (_, index) => index),
  );
});

it('answers in the order of the requests, whichever is done first', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  const writes = ['s', 'none', 's', 'none'].map((name) => writeRequest(name, '1'));
  bus.send(`${writes.join('\n')}\n`);
  await until(() => server.writes === 2);
  // Nothing can be written to a stream that is not there, so its answers are ready by now.
  expect(await (await server.open()).ask(writes[1]!)).toMatch(/not found/);
  release();
  const failed = failure('write_event', "stream 'none' not found");
  expect((await bus.lines(4)).map(String)).toEqual([success('write_event'), failed, success('write_event'), failed]);
});

it('lets everything else wait for what came before', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  const list = request('get_stream_events', { stream_name: 's' });
  const requests = [writeRequest('s', '1'), list, 'not json', request('health'), writeRequest('s', '2'), list];
  bus.send(`${requests.join('\n')}\n`);
  // Another connection is answered meanwhile, so the first one could have been too.
  expect(bodiesOf(await (await server.open()).ask(list))).toEqual([]);
  expect(server.writes).toBe(1);
  release();
  const answers = (await bus.lines(requests.length)).map(String);
  expect(answers[0]).toBe(success('write_event'));
  expect(bodiesOf(answers[1]!)).toEqual([1]);
  expect(answers[2]).toBe(failure('decode_request', 'invalid json provided'));
  expect(answers[3]).toBe(success('health'));
  expect(bodiesOf(answers[5]!)).toEqual([1, 2]);
});

it('answers what came before exit and carries out nothing behind it', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  bus.send(`${[writeRequest('s', '1'), request('exit'), writeRequest('s', '2')].join('\n')}\n`);
  await until(() => server.writes === 1);
  bus.send(`${writeRequest('s', '3')}\n`);
  release();
  expect(await bus.remaining()).toEqual([success('write_event'), success('exit')]);
  expect(server.writes).toBe(1);
});

it('closes its side after exit, and the whole connection when the client does not close its own', async () => {
  await startWithStream();
  const bus = await server.open();
  bus.send(`${request('exit')}\n`);
  expect(await bus.remaining()).toEqual([success('exit')]);
  expect(server.server.connections).toBe(1);
  await until(() => {
    server.clock.advance(1000);
    return server.server.connections === 0;
  });
});

it('takes as many requests as it answers, not as many as are sent', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  const count = 5000;
  await bus.sent(`${writeRequest('s', '1')}\n`.repeat(count));
  await until(() => server.writes >= 1024);
  expect(await (await server.open()).ask(request('health'))).toBe(success('health'));
  expect(server.writes).toBe(1024);
  release();
  expect((await bus.lines(count)).map(String)).toEqual(new Array(count).fill(success('write_event')));
});

it('carries out nothing more of a client that has gone', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  await bus.sent(`${writeRequest('s', '1')}\n`.repeat(1100));
  await until(() => server.writes >= 1024);
  bus.break();
  await until(() => server.server.connections === 0);
  release();
  expect(await (await server.open()).ask(writeRequest('s', '2'))).toBe(success('write_event'));
  expect(server.writes).toBe(1025);
});

it('lets clients wait that have too much under way together, but none that has nothing', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const count = 1500;
  const buses = await Promise.all(Array.from({ length: 20 }, () => server.open()));
  await Promise.all(buses.map((bus) => bus.sent(`${writeRequest('s', '1')}\n`.repeat(count))));
  await until(() => server.writes >= 16_384);
  const late = await server.open();
  late.send(`${writeRequest('s', '2')}\n`.repeat(3));
  expect(await (await server.open()).ask(request('health'))).toBe(success('health'));
  await until(() => server.writes > 16_384);
  // What a client has under way that goes away is not held against the others.
  await Promise.all(buses.slice(0, 10).map((bus) => bus.dispose()));
  release();
  const answers = await Promise.all(buses.slice(10).map((bus) => bus.lines(count)));
  expect(new Set(answers.flat().map(String))).toEqual(new Set([success('write_event')]));
  expect((await late.lines(3)).map(String)).toEqual(new Array(3).fill(success('write_event')));
});

it('answers every write of a client that has closed its side', async () => {
  await startWithStream();
  const release = server.holdWrites();
  const bus = await server.open();
  bus.end(`${writeRequest('s', '1')}\n${writeRequest('s', '2')}`);
  await until(() => server.writes === 2);
  release();
  expect(await bus.remaining()).toEqual([success('write_event'), success('write_event')]);
});

it('marks one event in the order of the requests, however long each takes to be found', async () => {
  await startWithStream();
  const { id } = await server.streams.write('s', Buffer.from('1'));
  const findEvent = server.streams.findEvent.bind(server.streams);
  let finds = 0;
  let letFirst = (): void => {};
  const first = new Promise<void>((resolve) => (letFirst = resolve));
  server.streams.findEvent = async (eventId) => {
    if (++finds === 1) await first;
    return findEvent(eventId);
  };
  const bus = await server.open();
  for (const status of [1, 2]) bus.send(`${request('mark_event', { event_id: id, status })}\n`);
  await until(() => finds === 2);
  letFirst();
  expect((await bus.lines(2)).map(String)).toEqual([success('mark_event'), success('mark_event')]);
  expect(bodiesOf(await bus.ask(request('retry_events', { stream_name: 's' })))).toEqual([1]);
});

describe('a secret that is not known yet', () => {
  let decide: ((right: boolean) => void)[];

  /** Takes as long to verify as the test says. */
  function verifySlowly(): Promise<Access> {
    return new Promise((resolve, reject) => {
      decide.push((right) =>
        right ? resolve(FULL_ACCESS) : reject(new BrokerError('CREDENTIALS_INVALID', 'unknown client or wrong secret')),
      );
    });
  }

  beforeEach(() => {
    decide = [];
  });

  it('holds up the requests behind it, in order', async () => {
    let known = false;
    await startWithStream({
      authenticator: { verify: (id, secret) => (known ? verify(id, secret) : verifySlowly()) },
    });
    const bus = await server.open();
    bus.send(`${writeRequest('s', '1')}\n${writeRequest('s', '2')}\n${request('health')}\n`);
    await until(() => decide.length > 0);
    known = true;
    decide[0]?.(true);
    expect((await bus.lines(3)).map(String)).toEqual([
      success('write_event'),
      success('write_event'),
      success('health'),
    ]);
    expect(bodiesOf(await bus.ask(request('get_stream_events', { stream_name: 's' })))).toEqual([1, 2]);
    expect(decide).toHaveLength(1);
  });

  it('is not looked for in a request without credentials', async () => {
    await startWithStream({ authenticator: { verify: verifySlowly } });
    const bus = await server.open();
    expect(await bus.ask('{"operation":"mark_event","body":{}}')).toBe(failure('mark_event', UNAUTHORIZED));
    expect(decide).toHaveLength(0);
  });

  it('fails its request alone when it is wrong', async () => {
    let failures = 0;
    await startWithStream({
      authenticator: { verify: verifySlowly },
      authObserver: { authenticationFailed: () => failures++ },
    });
    const bus = await server.open();
    bus.send(`${writeRequest('s', '1')}\n${request('health')}\n`);
    await until(() => decide.length > 0);
    decide[0]?.(false);
    expect((await bus.lines(2)).map(String)).toEqual([failure('write_event', UNAUTHORIZED), success('health')]);
    expect([failures, server.writes]).toEqual([1, 0]);
  });
});
