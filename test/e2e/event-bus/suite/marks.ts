import type { AnsweredEvent } from '../../../support/event-bus/bus-answers.js';
import { eventNotFound, request, success } from '../../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../../support/raw-bus.js';
import { Random } from '../../../support/random.js';
import { numbered, type SuiteServer } from './suite-server.js';

export function describeMarks(suite: SuiteServer): void {
  /** The three lists must show these events, in this order. */
  async function expectLists(bus: RawBus, name: string, events: readonly AnsweredEvent[]): Promise<void> {
    expect(await suite.list(bus, 'get_stream_events', name)).toEqual(events);
    expect(await suite.list(bus, 'process_events', name)).toEqual(events.filter(({ status }) => status === 0));
    expect(await suite.list(bus, 'retry_events', name)).toEqual(events.filter(({ status }) => status === 2));
  }

  it('moves an event between the lists and leaves the rest of it alone', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(3));
    const [first, second, third] = (await suite.list(bus, 'get_stream_events', name)) as [
      AnsweredEvent,
      AnsweredEvent,
      AnsweredEvent,
    ];
    for (const status of [1, 2, 0, 2, 1, 0, 0, 1, 1, 2, 2]) {
      expect(await bus.ask(request('mark_event', { event_id: second.id, status }))).toBe(
        '{"operation":"mark_event","status":true}',
      );
      await expectLists(bus, name, [first, { ...second, status }, third]);
    }
  });

  it('finds an event by its id alone, whatever its stream', async () => {
    const bus = await suite.open();
    const streams = [];
    for (let index = 0; index < 20; index++) streams.push(await suite.createWith(bus, numbered(3)));
    const marker = await suite.open();
    for (const [index, { name }] of streams.entries()) {
      const events = await suite.list(bus, 'process_events', name);
      const marked = events.map((event, place) => ({ ...event, status: place === index % 3 ? 2 : 0 }));
      await suite.mark(marker, events[index % 3]?.id ?? '', 2);
      await expectLists(bus, name, marked);
    }
  });

  it('keeps the order of creation, in whatever order events are marked', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(2500));
    const events = await suite.list(bus, 'get_stream_events', name);
    const random = new Random(11);
    const marked = events.map((event) => ({ ...event }));
    const lines: string[] = [];
    for (let count = 0; count < 6000; count++) {
      const event = marked[random.below(marked.length)];
      if (event === undefined) continue;
      event.status = random.below(3);
      lines.push(`${request('mark_event', { event_id: event.id, status: event.status })}\n`);
    }
    bus.send(lines.join(''));
    expect(new Set((await bus.lines(lines.length)).map(String))).toEqual(new Set([success('mark_event')]));
    await expectLists(bus, name, marked);
  });

  it('takes new events after old ones are marked', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(2));
    for (const { id } of await suite.list(bus, 'process_events', name)) await suite.mark(bus, id, 1);
    expect(await suite.list(bus, 'process_events', name)).toEqual([]);
    await bus.ask(request('write_event', { stream_name: name, event: 'new' }));
    expect(await suite.list(bus, 'process_events', name)).toMatchObject([{ status: 0, body: '"new"' }]);
  });

  it('does not find an id of which one digit is another', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, ['1']);
    const [event] = await suite.list(bus, 'process_events', name);
    const id = event?.id ?? '';
    for (let index = 0; index < id.length; index++) {
      const digit = id[index];
      if (digit === '-') continue;
      const other = id.slice(0, index) + (Number.parseInt(digit ?? '', 16) ^ 1).toString(16) + id.slice(index + 1);
      expect(await bus.ask(request('mark_event', { event_id: other, status: 1 }))).toBe(eventNotFound(other));
    }
    for (const other of [id.slice(1), `${id}0`, `{${id}}`, id.replaceAll('-', ''), ` ${id}`]) {
      expect(await bus.ask(request('mark_event', { event_id: other, status: 1 }))).toBe(eventNotFound(other));
    }
    await expectLists(bus, name, event === undefined ? [] : [event]);
  });

  it('does not take the id of a stream for that of an event', async () => {
    const bus = await suite.open();
    const { id } = await suite.createWith(bus, ['1']);
    expect(await bus.ask(request('mark_event', { event_id: id, status: 1 }))).toBe(eventNotFound(id));
  });
}
