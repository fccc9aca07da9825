import type { StreamEvent } from '../../../src/streams/streams.js';
import type { StreamsCase } from './index.js';
import { bodies, idsOf, type Replica } from './replicas.js';

const MINUTE_US = 60_000_000;

const take = async (replica: Replica, limit: number, status: 0 | 2 = 0, durationUs = MINUTE_US) => {
  const stream = await replica.streams.get('a');
  return replica.streams.lease(stream, status, { limit, durationUs });
};

export const leaseCases: readonly StreamsCase[] = [
  {
    title: 'what one processor holds no other gets, whoever asks and however many at once',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 300);
      const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => take(i % 2 === 0 ? one : other, 20)));
      const events = taken.flatMap((leased) => leased.events);
      expect(events).toHaveLength(300);
      expect(new Set(idsOf(events)).size).toBe(300);
      expect(new Set(taken.map(({ lease }) => lease?.id)).size).toBe(16);
      expect((await take(one, 10)).lease).toBeUndefined();
    },
  },
  {
    title: 'the oldest free events are handed out first, from after a given one',
    async run({ one }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 10);
      const [, , third] = await one.all(stream, 'all');
      await one.mark(third!.id, 1);
      expect(bodies((await take(one, 3)).events)).toEqual(['0', '1', '3']);
      const { events } = await one.streams.lease(stream, 0, { limit: 2, durationUs: MINUTE_US, after: 7 });
      expect(bodies(events)).toEqual(['7', '8']);
      expect(bodies((await take(one, 100)).events)).toEqual(['4', '5', '6', '9']);
    },
  },
  {
    title: 'reading without a lease shows all that is unprocessed, as ever',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 3);
      await take(one, 2);
      expect(bodies(await other.all(stream, 0))).toEqual(['0', '1', '2']);
    },
  },
  {
    title: 'a lease ends by itself',
    async run({ one, other, harness }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 2);
      const durationMs = Math.max(1000, 20 * harness.time.granularityMs);
      const { lease } = await take(one, 2, 0, durationMs * 1000);
      expect((await take(other, 2)).events).toEqual([]);
      await harness.time.advance(durationMs + harness.time.granularityMs);
      expect(bodies((await take(other, 2)).events)).toEqual(['0', '1']);
      await expect(one.streams.extendLease(stream, lease!.id, MINUTE_US)).rejects.toMatchObject({
        reason: 'LEASE_LOST',
      });
    },
  },
  {
    title: 'a lease is extended from now on, and released at once',
    async run({ one, other, harness }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 2);
      const durationMs = Math.max(1000, 20 * harness.time.granularityMs);
      const { lease } = await take(one, 2, 0, durationMs * 1000);
      await harness.time.advance(durationMs / 2);
      const extended = await other.streams.extendLease(stream, lease!.id, durationMs * 1000);
      expect(extended.id).toBe(lease!.id);
      expect(extended.expireTimeUs).toBeGreaterThan(lease!.expireTimeUs);
      await harness.time.advance(durationMs * 0.75);
      expect((await take(other, 2)).events).toEqual([]);
      await other.streams.releaseLease(stream, lease!.id);
      await one.streams.releaseLease(stream, lease!.id);
      expect((await take(other, 2)).events).toHaveLength(2);
    },
  },
  {
    title: 'a mark ends the lease of its event: processed is done, the others may be handed out again',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 4);
      const { events, lease } = await take(one, 4);
      const [a, b, c] = events as [StreamEvent, StreamEvent, StreamEvent];
      await one.mark(a.id, 1, lease!.id);
      await one.mark(b.id, 2, lease!.id);
      await other.mark(c.id, 0);
      expect(bodies((await take(other, 9)).events)).toEqual(['2']);
      expect(bodies((await take(other, 9, 2)).events)).toEqual(['1']);
      await other.mark(b.id, 2);
      expect(bodies((await take(one, 9, 2)).events)).toEqual(['1']);
      await one.mark(a.id, 0);
      expect(bodies((await take(one, 9)).events)).toEqual(['0']);
    },
  },
  {
    title: 'a mark under a lease that is not the event’s is refused',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 3);
      const mine = await take(one, 1);
      const theirs = await take(other, 1);
      const lost = { reason: 'LEASE_LOST' };
      const [event] = theirs.events;
      await expect(one.mark(event!.id, 1, mine.lease!.id)).rejects.toMatchObject(lost);
      await expect(one.mark(event!.id, 1, 'nonsense')).rejects.toMatchObject(lost);
      await one.mark(event!.id, 1, theirs.lease!.id);
      await one.mark(event!.id, 1, theirs.lease!.id);
      await one.streams.releaseLease(stream, mine.lease!.id);
      await expect(one.mark(mine.events[0]!.id, 1, mine.lease!.id)).rejects.toMatchObject(lost);
      expect(bodies(await one.all(stream, 0))).toEqual(['0', '2']);
    },
  },
  {
    title: 'a refused mark leaves those beside it alone',
    async run({ one }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 3);
      const { lease } = await take(one, 2);
      const events = await Promise.all((await one.all(stream, 'all')).map(({ id }) => one.streams.findEvent(id)));
      const outcomes = await Promise.allSettled(
        events.map((event) => one.streams.mark(event, 1, { leaseId: lease!.id })),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(bodies(await one.all(stream, 0))).toEqual(['2']);
    },
  },
  {
    title: 'durations beyond the limits are refused',
    async run({ one }) {
      const stream = await one.streams.create('a');
      const options = (durationUs: number) => ({ limit: 1, durationUs });
      for (const durationUs of [0, 999_999, 24 * 60 * MINUTE_US + 1]) {
        const leased = async () => one.streams.lease(stream, 0, options(durationUs));
        await expect(leased()).rejects.toMatchObject({ reason: 'ARGUMENT_INVALID' });
      }
    },
  },
];
