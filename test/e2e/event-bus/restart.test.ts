import { setTimeout as wait } from 'node:timers/promises';
import { eventsOf, leasedEventsOf } from '../../support/event-bus/bus-answers.js';
import { BusServer } from '../../support/event-bus/bus-server.js';
import { request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../support/raw-bus.js';

const NAMES = ['orders', '__proto__', '*', '流れ', 'x'.repeat(1000)];

let server: BusServer;

beforeEach(async () => {
  server = await BusServer.startEmbedded();
});

afterEach(async () => {
  await server.dispose();
});

async function restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<RawBus> {
  await server.kill(signal);
  await server.closeConnections();
  await server.restart();
  return server.open();
}

it.each(['SIGTERM', 'SIGKILL'] as const)('answers the same bytes after %s', async (signal) => {
  const bus = await server.open();
  for (const name of NAMES) {
    await bus.ask(request('create_stream', { stream_name: name }));
    for (let number = 0; number < 30; number++) {
      expect(await bus.ask(writeRequest(name, `{ "number":${number}.0, "text":"<\\u003c>" }`))).toBe(
        success('write_event'),
      );
    }
    const events = eventsOf('process_events', await bus.ask(request('process_events', { stream_name: name })));
    for (const [index, { id }] of events.entries()) {
      expect(await bus.ask(request('mark_event', { event_id: id, status: index % 3 }))).toBe(success('mark_event'));
    }
  }
  await bus.ask(request('create_stream', { stream_name: 'deleted' }));
  await bus.ask(writeRequest('deleted', '1'));
  await bus.ask(request('delete_stream', { stream_name: 'deleted' }));

  const reads = [...NAMES, 'deleted'].flatMap((name) =>
    (['get_stream_info', 'get_stream_events', 'process_events', 'retry_events'] as const).map((operation) =>
      request(operation, { stream_name: name }),
    ),
  );
  const readAll = async (from: RawBus): Promise<string[]> => {
    from.send(reads.map((line) => `${line}\n`).join(''));
    return (await from.lines(reads.length)).map(String);
  };
  const before = await readAll(bus);
  const after = await restart(signal);
  expect(await readAll(after)).toEqual(before);

  // It goes on where it was: new events come last, old ones can be marked.
  expect(await after.ask(writeRequest('orders', '"new"'))).toBe(success('write_event'));
  const events = eventsOf(
    'get_stream_events',
    await after.ask(request('get_stream_events', { stream_name: 'orders' })),
  );
  expect(events.map(({ body }) => body).at(-1)).toBe('"new"');
  expect(new Set(events.map(({ id }) => id)).size).toBe(31);
  expect(await after.ask(request('mark_event', { event_id: events[0]?.id, status: 2 }))).toBe(success('mark_event'));
});

it('takes pipelined writes and marks in their order before it has met the stream', async () => {
  const before = await server.open();
  await before.ask(request('create_stream', { stream_name: 'orders' }));
  await before.ask(writeRequest('orders', '0'));
  const [first] = eventsOf('process_events', await before.ask(request('process_events', { stream_name: 'orders' })));

  const after = await restart('SIGKILL');
  const lines = Array.from({ length: 600 }, (_, index) => [
    writeRequest('orders', String(index + 1)),
    request('mark_event', { event_id: first?.id, status: index % 3 }),
  ]).flat();
  after.send(lines.map((line) => `${line}\n`).join(''));
  await after.lines(lines.length);
  const events = eventsOf(
    'get_stream_events',
    await after.ask(request('get_stream_events', { stream_name: 'orders' })),
  );
  expect(events.map(({ body }) => body)).toEqual(Array.from({ length: 601 }, (_, index) => String(index)));
  expect(events[0]?.status).toBe(599 % 3);
});

it('answers what it has received when it is asked to stop, closes the connections, and keeps all of it', async () => {
  const setUp = await server.open();
  await setUp.ask(request('create_stream', { stream_name: 'orders' }));
  const buses = await server.openMany(10);
  let isStopping = false;
  const answered = Promise.all(
    buses.map(async (bus, index) => {
      const stored: string[] = [];
      for (let number = 0; !bus.isOver; number++) {
        const bodies = Array.from({ length: 20 }, (_, place) => `[${index},${number},${place}]`);
        bus.send(bodies.map((body) => `${writeRequest('orders', body)}\n`).join(''));
        for (const body of bodies) {
          const answer = await bus.lineOrEnd();
          if (answer === undefined) break;
          expect(answer.toString()).toBe(success('write_event'));
          stored.push(body);
        }
      }
      expect(isStopping).toBe(true);
      // Neither broken nor within a line.
      expect(await bus.remaining()).toEqual([]);
      return stored;
    }),
  );
  while (!(await setUp.ask(request('get_stream_events', { stream_name: 'orders' }))).includes('[3,5,')) continue;
  isStopping = true;
  expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  const stored = (await answered).flat();
  await server.closeConnections();
  await server.restart();
  const after = await server.open();
  const events = eventsOf(
    'get_stream_events',
    await after.ask(request('get_stream_events', { stream_name: 'orders' })),
  );
  expect(events.map(({ body }) => body).toSorted()).toEqual(stored.toSorted());
});

it('keeps leases through a crash until their time is over', async () => {
  const before = await server.open();
  await before.ask(request('create_stream', { stream_name: 'jobs' }));
  for (let number = 0; number < 4; number++) await before.ask(writeRequest('jobs', String(number)));
  const take = (seconds: number, limit: number): string =>
    request('process_events', { stream_name: 'jobs', lease_seconds: seconds, limit });
  const long = leasedEventsOf('process_events', await before.ask(take(600, 1)));
  const short = leasedEventsOf('process_events', await before.ask(take(2, 1)));
  expect([...long.events, ...short.events].map(({ body }) => body)).toEqual(['0', '1']);

  const after = await restart('SIGKILL');
  let taken = leasedEventsOf('process_events', await after.ask(take(600, 100)));
  const bodies = taken.events.map(({ body }) => body);
  while (!bodies.includes('1')) {
    await wait(20);
    taken = leasedEventsOf('process_events', await after.ask(take(600, 100)));
    bodies.push(...taken.events.map(({ body }) => body));
  }
  expect(bodies.toSorted()).toEqual(['1', '2', '3']);
  expect(Date.parse(taken.lease?.expiresAt ?? '') - 600_000).toBeGreaterThanOrEqual(
    Date.parse(short.lease?.expiresAt ?? ''),
  );
  const mark = request('mark_event', { event_id: long.events[0]?.id, status: 1, lease_id: long.lease?.id });
  expect(await after.ask(mark)).toBe(success('mark_event'));
});
