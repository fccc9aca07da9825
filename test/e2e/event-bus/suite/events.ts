import { request, success, writeRequest } from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, CLOCK_TOLERANCE_MS, numbered, type SuiteServer } from './suite-server.js';

const KIB = 1024;

export function describeEvents(suite: SuiteServer): void {
  it('writes events and lists them in exactly five fields', async () => {
    const bus = await suite.open();
    const stream = await suite.create(bus);
    const before = Date.now() - CLOCK_TOLERANCE_MS;
    expect(await bus.ask(writeRequest(stream.name, '{"e1": "event 1 value"}'))).toBe(
      '{"operation":"write_event","status":true}',
    );
    await bus.ask(writeRequest(stream.name, '2'));
    const events = await suite.list(bus, 'get_stream_events', stream.name);
    expect(events).toMatchObject([
      { streamId: stream.id, status: 0, body: '{"e1": "event 1 value"}' },
      { streamId: stream.id, status: 0, body: '2' },
    ]);
    const [first = before, second = before] = events.map(({ createdAt }) => Date.parse(createdAt));
    expect(first).toBeGreaterThanOrEqual(before);
    expect(second).toBeGreaterThanOrEqual(first);
    expect(second).toBeLessThanOrEqual(Date.now() + CLOCK_TOLERANCE_MS);
    expect(events[0]?.id).not.toBe(events[1]?.id);
  });

  it('lists all events in the order of their creation, over many pages', async () => {
    const bus = await suite.open();
    const bodies = numbered(3500);
    const { name } = await suite.createWith(bus, bodies);
    const events = await suite.list(bus, 'get_stream_events', name);
    expect(bodiesOf(events)).toEqual(bodies);
    expect(new Set(events.map(({ id }) => id)).size).toBe(bodies.length);
    const times = events.map(({ createdAt }) => createdAt);
    expect(times.toSorted()).toEqual(times);
    expect(await suite.list(bus, 'process_events', name)).toEqual(events);
  });

  it('changes nothing by reading', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(10));
    for (const operation of ['process_events', 'get_stream_events', 'retry_events'] as const) {
      const line = request(operation, { stream_name: name });
      const first = await bus.ask(line);
      expect(await bus.ask(line)).toBe(first);
      expect(await (await suite.open()).ask(line)).toBe(first);
    }
  });

  it('answers events of many megabytes in one line', async () => {
    const bus = await suite.open();
    const bodies = Array.from({ length: 12 }, (_, index) => `"${String(index).repeat(900 * KIB)}"`.slice(0, 900 * KIB));
    const wellFormed = bodies.map((body) => (body.endsWith('"') ? body : `${body.slice(0, -1)}"`));
    const { name } = await suite.createWith(bus, wellFormed);
    const events = await suite.list(bus, 'get_stream_events', name);
    expect(events.map(({ body }, index) => body === wellFormed[index])).toEqual(wellFormed.map(() => true));
  });

  it('keeps the events of streams apart', async () => {
    const bus = await suite.open();
    const [first, second] = [await suite.create(bus), await suite.create(bus)];
    const lines = numbered(100).map((body, index) => writeRequest((index % 3 === 0 ? first : second).name, body));
    bus.send(lines.map((line) => `${line}\n`).join(''));
    expect(new Set((await bus.lines(100)).map(String))).toEqual(new Set([success('write_event')]));
    const isFirst = (_: string, index: number): boolean => index % 3 === 0;
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', first.name))).toEqual(numbered(100).filter(isFirst));
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', second.name))).toEqual(
      numbered(100).filter((body, index) => !isFirst(body, index)),
    );
  });
}
