import { setTimeout as wait } from 'node:timers/promises';
import { eventsOf, streamOf } from '../../../support/event-bus/bus-answers.js';
import {
  eventNotFound,
  failure,
  INVALID_JSON,
  rawRequest,
  request,
  streamNotFound,
  success,
} from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, CLOCK_TOLERANCE_MS, numbered, type SuiteServer } from './suite-server.js';

const LISTS = ['get_stream_events', 'process_events', 'retry_events'] as const;

export function describeExtras(suite: SuiteServer): void {
  describe.each(LISTS)('limit and after of %s', (operation) => {
    const status = operation === 'retry_events' ? 2 : 0;

    it('page through all events without a gap', async () => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, numbered(50));
      for (const { id } of await suite.list(bus, 'process_events', name)) await suite.mark(bus, id, status);
      const all = await suite.list(bus, operation, name);
      expect(bodiesOf(all)).toEqual(numbered(50));
      for (const limit of [1, 7, 50, 51, 1_000_000]) {
        const paged = [];
        for (let after = {}; ;) {
          const page = eventsOf(operation, await bus.ask(request(operation, { stream_name: name, limit, ...after })));
          expect(page.length).toBe(Math.min(limit, all.length - paged.length));
          paged.push(...page);
          if (page.length < limit) break;
          after = { after: page.at(-1)?.id };
        }
        expect(paged).toEqual(all);
      }
      const rest = await bus.ask(request(operation, { stream_name: name, after: all[29]?.id }));
      expect(eventsOf(operation, rest)).toEqual(all.slice(30));
    });

    it('may name an event of another status', async () => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, numbered(4));
      const events = await suite.list(bus, 'process_events', name);
      for (const { id } of events.slice(2)) await suite.mark(bus, id, status);
      await suite.mark(bus, events[1]?.id ?? '', 1);
      const rest = await bus.ask(request(operation, { stream_name: name, after: events[1]?.id }));
      expect(bodiesOf(eventsOf(operation, rest))).toEqual(['{"n":3}', '{"n":4}']);
    });

    it('give the first events when they are null', async () => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, numbered(2));
      const plain = await bus.ask(request(operation, { stream_name: name }));
      expect(await bus.ask(request(operation, { stream_name: name, limit: null, after: null }))).toBe(plain);
    });

    it('refuse an event of another stream and one that is none', async () => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, numbered(2));
      const other = await suite.createWith(bus, numbered(1));
      const [foreign] = await suite.list(bus, 'process_events', other.name);
      for (const after of [foreign?.id ?? '', 'x', '']) {
        expect(await bus.ask(request(operation, { stream_name: name, after }))).toBe(
          failure(operation, `event '${after}' not found`),
        );
      }
    });

    it.each(['"3"', '-1', '1.5', '1.0', '[]', 'true', '1e1'])('refuse %s', async (limit) => {
      const bus = await suite.open();
      expect(await bus.ask(rawRequest(operation, `{"stream_name":"none","limit":${limit}}`))).toBe(
        failure(operation, INVALID_JSON),
      );
    });

    it('refuse a limit of 0 in words', async () => {
      const bus = await suite.open();
      expect(await bus.ask(request(operation, { stream_name: 'none', limit: 0 }))).toMatch(
        new RegExp(`^\\{"operation":"${operation}","status":false,"reason":"limit [^"]+"\\}$`),
      );
    });

    it('refuse an event id that is no text', async () => {
      const bus = await suite.open();
      expect(await bus.ask(rawRequest(operation, '{"stream_name":"none","after":5}'))).toBe(
        failure(operation, INVALID_JSON),
      );
    });

    it('come after credentials and before the existence of the stream', async () => {
      const bus = await suite.open();
      expect(await bus.ask(request(operation, { stream_name: 'none', limit: 5, after: 'x' }))).toBe(
        streamNotFound(operation, 'none'),
      );
    });
  });

  describe('event_ttl_seconds of create_stream', () => {
    it('ends the life of events from their creation, a later mark included', async () => {
      const bus = await suite.open();
      const name = suite.newName();
      const created = await bus.ask(request('create_stream', { stream_name: name, event_ttl_seconds: 5 }));
      expect(streamOf('create_stream', created).name).toBe(name);
      for (const event of [1, 2, 3]) await bus.ask(request('write_event', { stream_name: name, event }));
      const events = await suite.list(bus, 'process_events', name);
      expect(bodiesOf(events)).toEqual(['1', '2', '3']);
      await suite.mark(bus, events[1]?.id ?? '', 1);
      await suite.mark(bus, events[2]?.id ?? '', 2);

      while ((await suite.list(bus, 'get_stream_events', name)).length > 0) await wait(50);
      expect(Date.now() + CLOCK_TOLERANCE_MS).toBeGreaterThanOrEqual(Date.parse(events[2]?.createdAt ?? '') + 5000);
      for (const operation of LISTS) expect(await suite.list(bus, operation, name)).toEqual([]);
      for (const { id } of events) {
        expect(await bus.ask(request('mark_event', { event_id: id, status: 0 }))).toBe(eventNotFound(id));
      }
      expect(await bus.ask(request('write_event', { stream_name: name, event: 4 }))).toBe(success('write_event'));
      expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(['4']);
    });

    it.each(['"3"', '-1', '1.5', '[]', 'true'])('refuses %s', async (ttl) => {
      const bus = await suite.open();
      const name = suite.newName();
      expect(await bus.ask(rawRequest('create_stream', `{"stream_name":"${name}","event_ttl_seconds":${ttl}}`))).toBe(
        failure('create_stream', INVALID_JSON),
      );
      expect(await bus.ask(request('get_stream_info', { stream_name: name }))).toBe(
        streamNotFound('get_stream_info', name),
      );
    });

    it('is not shown to clients that do not know it', async () => {
      const bus = await suite.open();
      const stream = await suite.create(bus, { event_ttl_seconds: 3600 });
      const info = await bus.ask(request('get_stream_info', { stream_name: stream.name }));
      expect(streamOf('get_stream_info', info)).toEqual(stream);
    });
  });
}
