import { streamOf } from '../../../support/event-bus/bus-answers.js';
import {
  eventNotFound,
  request,
  streamExists,
  streamNotFound,
  success,
} from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, CLOCK_TOLERANCE_MS, numbered, type SuiteServer } from './suite-server.js';

export function describeStreams(suite: SuiteServer): void {
  it('creates a stream and tells of it in the same bytes', async () => {
    const bus = await suite.open();
    const name = suite.newName();
    const before = Date.now() - CLOCK_TOLERANCE_MS;
    const created = await bus.ask(request('create_stream', { stream_name: name }));
    const stream = streamOf('create_stream', created);
    expect(stream.name).toBe(name);
    expect(Date.parse(stream.createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(stream.createdAt)).toBeLessThanOrEqual(Date.now() + CLOCK_TOLERANCE_MS);
    const other = await suite.open();
    expect(await other.ask(request('get_stream_info', { stream_name: name }))).toBe(
      created.replace('create_stream', 'get_stream_info'),
    );
  });

  it('answers an empty list in exactly these bytes', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    for (const operation of ['get_stream_events', 'process_events', 'retry_events'] as const) {
      expect(await bus.ask(request(operation, { stream_name: name }))).toBe(
        `{"operation":"${operation}","status":true,"body":{"events":[]}}`,
      );
    }
  });

  it('deletes a stream once, and creates it again as another one', async () => {
    const bus = await suite.open();
    const first = await suite.create(bus);
    const byName = { stream_name: first.name };
    expect(await bus.ask(request('create_stream', byName))).toBe(streamExists(first.name));
    expect(await bus.ask(request('delete_stream', byName))).toBe('{"operation":"delete_stream","status":true}');
    expect(await bus.ask(request('delete_stream', byName))).toBe(streamNotFound('delete_stream', first.name));
    expect(await bus.ask(request('get_stream_info', byName))).toBe(streamNotFound('get_stream_info', first.name));
    const second = streamOf('create_stream', await bus.ask(request('create_stream', byName)));
    expect(second.name).toBe(first.name);
    expect(second.id).not.toBe(first.id);
  });

  it('deletes every event with its stream, for good, and nothing else', async () => {
    const bus = await suite.open();
    const neighbour = await suite.createWith(bus, numbered(5));
    const stream = await suite.createWith(bus, numbered(1500));
    const events = await suite.list(bus, 'get_stream_events', stream.name);
    bus.send(events.map(({ id }, index) => `${request('mark_event', { event_id: id, status: index % 3 })}\n`).join(''));
    await bus.lines(events.length);
    const neighbours = await suite.list(bus, 'get_stream_events', neighbour.name);

    const byName = { stream_name: stream.name };
    expect(await bus.ask(request('delete_stream', byName))).toBe(success('delete_stream'));
    for (const operation of ['get_stream_events', 'process_events', 'retry_events', 'write_event'] as const) {
      expect(await bus.ask(request(operation, { ...byName, event: 1 }))).toBe(streamNotFound(operation, stream.name));
    }

    // Not only hidden: nothing of it is left among the messages of its subject either.
    const subject = `$streams.${stream.name}`;
    const { messages } = await suite.server.grpcClient().list({ subject });
    expect(messages).toEqual([]);
    await expect(suite.server.grpcClient().fetch(subject, 1500)).rejects.toMatchObject({
      reason: expect.stringMatching(/NOT_FOUND|EXPIRED/),
    });

    async function expectForgotten(): Promise<void> {
      bus.send(events.map(({ id }) => `${request('mark_event', { event_id: id, status: 0 })}\n`).join(''));
      const answers = await bus.lines(events.length);
      expect(answers.map(String)).toEqual(events.map(({ id }) => eventNotFound(id)));
    }
    await expectForgotten();
    await bus.ask(request('create_stream', byName));
    for (const operation of ['get_stream_events', 'process_events', 'retry_events'] as const) {
      expect(await suite.list(bus, operation, stream.name)).toEqual([]);
    }
    await expectForgotten();
    expect(await bus.ask(request('write_event', { ...byName, event: 'new' }))).toBe(success('write_event'));
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', stream.name))).toEqual(['"new"']);
    await expectForgotten();
    expect(await suite.list(bus, 'get_stream_events', neighbour.name)).toEqual(neighbours);
  });
}
