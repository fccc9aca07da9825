import { setTimeout as wait } from 'node:timers/promises';
import { type AnsweredEvent, type Granted, leasedEventsOf } from '../../../support/event-bus/bus-answers.js';
import { failure, INVALID_JSON, rawRequest, request, success } from '../../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../../support/raw-bus.js';
import { Random } from '../../../support/random.js';
import { bodiesOf, CLOCK_TOLERANCE_MS, numbered, type SuiteServer } from './suite-server.js';

type LeasingOperation = 'process_events' | 'retry_events';

/** An event in one pair of hands. */
interface Holding {
  /** The begin and the end of its lease by the server's time, in milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Steps of the test: when its lease was answered, and when the mark that ended it was sent. */
  readonly grantedStep: number;
  markedStep: number;
}

/** True when one lease of an event ended, by time or by a mark, before the other one was given. */
function areApart(earlier: Holding, later: Holding): boolean {
  return earlier.untilMs <= later.fromMs || earlier.markedStep <= later.grantedStep;
}

export function describeLeases(suite: SuiteServer): void {
  async function lease(
    bus: RawBus,
    streamName: string,
    options: { readonly limit?: number; readonly lease_seconds: number; readonly after?: string },
    operation: LeasingOperation = 'process_events',
  ): Promise<Granted> {
    return leasedEventsOf(operation, await bus.ask(request(operation, { stream_name: streamName, ...options })));
  }

  it('hand events to one processor only, the oldest first', async () => {
    const [first, second] = [await suite.open(), await suite.open()];
    const { name } = await suite.createWith(first, numbered(10));
    const before = Date.now() - CLOCK_TOLERANCE_MS;
    const mine = await lease(first, name, { lease_seconds: 600, limit: 4 });
    expect(bodiesOf(mine.events)).toEqual(numbered(4));
    const expiry = Date.parse(mine.lease?.expiresAt ?? '');
    expect(expiry).toBeGreaterThanOrEqual(before + 600_000);
    expect(expiry).toBeLessThanOrEqual(Date.now() + CLOCK_TOLERANCE_MS + 600_000);
    const theirs = await lease(second, name, { lease_seconds: 600 });
    expect(bodiesOf(theirs.events)).toEqual(numbered(10).slice(4));
    expect(theirs.lease?.id).not.toBe(mine.lease?.id);
    // Nobody but the server keeps one processor from another: the first one gets no event twice either.
    for (const bus of [first, second]) {
      expect(await bus.ask(request('process_events', { stream_name: name, lease_seconds: 600 }))).toBe(
        '{"operation":"process_events","status":true,"body":{"events":[]}}',
      );
    }
  });

  it('change nothing for those who do not ask for one', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(5));
    const lines = [
      request('process_events', { stream_name: name }),
      request('get_stream_events', { stream_name: name }),
    ];
    const before = [await bus.ask(lines[0] ?? ''), await bus.ask(lines[1] ?? '')];
    await lease(bus, name, { lease_seconds: 600 });
    expect([await bus.ask(lines[0] ?? ''), await bus.ask(lines[1] ?? '')]).toEqual(before);
    expect(before[0]).not.toContain('lease');
  });

  it('end when an event is marked', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(3));
    const { events } = await lease(bus, name, { lease_seconds: 600 });
    const ids = events.map(({ id }) => id);
    await suite.mark(bus, ids[0] ?? '', 1);
    await suite.mark(bus, ids[1] ?? '', 0);
    await suite.mark(bus, ids[2] ?? '', 2);
    expect(bodiesOf((await lease(bus, name, { lease_seconds: 600 })).events)).toEqual(['{"n":2}']);
    expect(bodiesOf((await lease(bus, name, { lease_seconds: 600 }, 'retry_events')).events)).toEqual(['{"n":3}']);
    expect((await lease(bus, name, { lease_seconds: 600 }, 'retry_events')).events).toEqual([]);
    expect(bodiesOf(await suite.list(bus, 'retry_events', name))).toEqual(['{"n":3}']);
  });

  it('let only their holder mark, for those who name them', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(2));
    const mine = await lease(bus, name, { lease_seconds: 600, limit: 1 });
    const theirs = await lease(bus, name, { lease_seconds: 600, limit: 1 });
    const [event] = mine.events as [AnsweredEvent];
    const marking = (leaseId: string | undefined): string =>
      request('mark_event', { event_id: event.id, status: 1, lease_id: leaseId });
    for (const other of [theirs.lease?.id, '00000000-0000-4000-8000-000000000000', 'x']) {
      const answer = JSON.parse(await bus.ask(marking(other))) as Record<string, unknown>;
      expect(answer).toEqual({ operation: 'mark_event', status: false, reason: expect.stringMatching(/./) });
    }
    expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(numbered(2));
    expect(await bus.ask(marking(mine.lease?.id))).toBe(success('mark_event'));
    expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(['{"n":2}']);
    // Somebody without a lease makes it free again: the old lease is no longer worth anything.
    await suite.mark(bus, event.id, 0);
    expect(JSON.parse(await bus.ask(marking(mine.lease?.id)))).toMatchObject({
      operation: 'mark_event',
      status: false,
    });
    expect(bodiesOf((await lease(bus, name, { lease_seconds: 600 })).events)).toEqual(['{"n":1}']);
  });

  it('let others have the events when their time is over', async () => {
    const [first, second] = [await suite.open(), await suite.open()];
    const { name } = await suite.createWith(first, numbered(3));
    const mine = await lease(first, name, { lease_seconds: 1 });
    let theirs = await lease(second, name, { lease_seconds: 600 });
    while (theirs.events.length === 0) {
      await wait(20);
      theirs = await lease(second, name, { lease_seconds: 600 });
    }
    expect(theirs.events).toEqual(mine.events);
    expect(Date.parse(theirs.lease?.expiresAt ?? '') - 600_000).toBeGreaterThanOrEqual(
      Date.parse(mine.lease?.expiresAt ?? ''),
    );
    const late = request('mark_event', { event_id: mine.events[0]?.id, status: 1, lease_id: mine.lease?.id });
    expect(JSON.parse(await first.ask(late))).toMatchObject({ operation: 'mark_event', status: false });
    const inTime = request('mark_event', { event_id: mine.events[0]?.id, status: 1, lease_id: theirs.lease?.id });
    expect(await second.ask(inTime)).toBe(success('mark_event'));
  });

  it('begin after the event that is named', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(5));
    const events = await suite.list(bus, 'process_events', name);
    const later = await lease(bus, name, { lease_seconds: 600, limit: 2, after: events[1]?.id ?? '' });
    expect(bodiesOf(later.events)).toEqual(['{"n":3}', '{"n":4}']);
    expect(bodiesOf((await lease(bus, name, { lease_seconds: 600 })).events)).toEqual([
      '{"n":1}',
      '{"n":2}',
      '{"n":5}',
    ]);
  });

  it('go with their stream', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(5));
    await lease(bus, name, { lease_seconds: 600 });
    expect(await bus.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
    await bus.ask(request('create_stream', { stream_name: name }));
    for (const body of numbered(5))
      await bus.ask(rawRequest('write_event', `{"stream_name":"${name}","event":${body}}`));
    expect(bodiesOf((await lease(bus, name, { lease_seconds: 600 })).events)).toEqual(numbered(5));
  });

  it('hand every event to exactly one of many workers', async () => {
    const bus = await suite.open();
    const bodies = numbered(1200);
    const { name } = await suite.createWith(bus, bodies);
    const workers = await suite.server.openMany(16);
    const handed = await Promise.all(
      workers.map(async (worker, index) => {
        const mine: string[] = [];
        for (;;) {
          const { events, lease: granted } = await lease(worker, name, {
            lease_seconds: 3600,
            limit: 1 + (index % 11),
          });
          if (events.length === 0) return mine;
          mine.push(...bodiesOf(events));
          const marks = events.map(({ id }) =>
            request('mark_event', { event_id: id, status: 1, lease_id: granted?.id }),
          );
          worker.send(marks.map((line) => `${line}\n`).join(''));
          const answers = (await worker.lines(events.length)).map(String);
          expect(new Set(answers)).toEqual(new Set([success('mark_event')]));
        }
      }),
    );
    const byNumber = (a: string, b: string): number => Number(a.slice(5, -1)) - Number(b.slice(5, -1));
    expect(handed.flat().toSorted(byNumber)).toEqual(bodies);
    expect(await suite.list(bus, 'process_events', name)).toEqual([]);
  });

  it('never have an event in two hands, when workers die, dawdle and give back', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(120));
    const holdings = new Map<string, Holding[]>();
    let left = 120;
    let step = 0;

    async function work(worker: RawBus, random: Random): Promise<void> {
      while (left > 0) {
        const { events, lease: granted } = await lease(worker, name, { lease_seconds: 1, limit: 1 + random.below(8) });
        if (granted === undefined) {
          await wait(20);
          continue;
        }
        const grantedStep = ++step;
        const untilMs = Date.parse(granted.expiresAt);
        for (const { id } of events) {
          const holding = { fromMs: untilMs - 1000, untilMs, grantedStep, markedStep: Infinity };
          holdings.set(id, [...(holdings.get(id) ?? []), holding]);
          // Some are forgotten, so that their lease runs out.
          if (random.below(3) === 0) continue;
          const status = random.below(4) === 0 ? 0 : 1;
          // It is free for others at some moment between here and the answer.
          const markedStep = ++step;
          const answer = await worker.ask(request('mark_event', { event_id: id, status, lease_id: granted.id }));
          if (answer !== success('mark_event')) continue;
          holding.markedStep = markedStep;
          if (status === 1) left--;
        }
      }
    }

    const workers = await suite.server.openMany(8);
    await Promise.all(workers.map((worker, index) => work(worker, new Random(index))));
    expect(left).toBe(0);
    expect(holdings.size).toBe(120);
    for (const [id, held] of holdings) {
      const sorted = held.toSorted((a, b) => a.fromMs - b.fromMs);
      const shared = sorted.slice(1).filter((later, index) => !areApart(sorted[index] ?? later, later));
      expect({ id, shared }).toEqual({ id, shared: [] });
    }
    expect(await suite.list(bus, 'process_events', name)).toEqual([]);
  });

  it.each(['"3"', '-1', '1.5', '1.0', 'true', '[]'])('refuse %s as their time', async (seconds) => {
    const bus = await suite.open();
    for (const operation of ['process_events', 'retry_events'] as const) {
      expect(await bus.ask(rawRequest(operation, `{"stream_name":"none","lease_seconds":${seconds}}`))).toBe(
        failure(operation, INVALID_JSON),
      );
    }
  });

  it.each([0, 86_401, 2 ** 53 - 1])('refuse %i as their time in words', async (seconds) => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, numbered(1));
    const answer = await bus.ask(request('process_events', { stream_name: name, lease_seconds: seconds }));
    expect(answer).toMatch(/^\{"operation":"process_events","status":false,"reason":"lease_seconds [^"]+"\}$/);
    expect((await lease(bus, name, { lease_seconds: 86_400 })).events).toHaveLength(1);
  });
}
