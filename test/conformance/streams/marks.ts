import { Random } from '../../support/random.js';
import type { StreamsCase } from './index.js';
import { bodies, idsOf } from './replicas.js';
import type { EventStatus } from '../../../src/streams/streams.js';

export const markCases: readonly StreamsCase[] = [
  {
    title: 'a mark moves an event between the lists, as often as one likes',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 3);
      const [, second] = await one.all(stream, 'all');
      const lists = async () => [bodies(await other.all(stream, 0)), bodies(await other.all(stream, 2))];
      await other.mark(second!.id, 2);
      expect(await lists()).toEqual([['0', '2'], ['1']]);
      await one.mark(second!.id, 1);
      expect(await lists()).toEqual([['0', '2'], []]);
      await other.mark(second!.id, 2);
      await one.mark(second!.id, 0);
      expect(await lists()).toEqual([['0', '1', '2'], []]);
      await one.mark(second!.id, 0);
      expect((await one.all(stream, 'all')).map(({ status }) => status)).toEqual([0, 0, 0]);
    },
  },
  {
    title: 'the lists are those of a plain table under any marks, over many blocks, from two replicas at once',
    async run({ one, other }) {
      const random = new Random(7);
      const stream = await one.streams.create('a');
      const count = 13_000;
      for (let written = 0; written < count; written += 1000) await one.fill(stream, 1000);
      const ids = idsOf(await one.all(stream, 'all'));
      const expected: EventStatus[] = ids.map(() => 0);
      // Mostly processed, in stretches and singly, so that whole blocks are settled and opened again.
      for (let round = 0; round < 6; round++) {
        const marks: Promise<void>[] = [];
        const marked = new Set<number>();
        for (let stretch = 0; stretch < 8; stretch++) {
          const from = random.below(count);
          const length = random.below(2) === 0 ? 1 + random.below(30) : random.below(5000);
          const status = ([1, 1, 1, 2, 0] as const)[random.below(5)]!;
          for (let i = from; i < Math.min(count, from + length); i++) {
            // Two marks of one event at the same time have no order.
            if (marked.has(i)) continue;
            marked.add(i);
            expected[i] = status;
            const replica = (stretch & 1) === 0 ? one : other;
            const reference = { eventId: ids[i]!, messageId: i + 1, stream };
            marks.push(replica.streams.mark(reference, status));
          }
        }
        await Promise.all(marks);
        for (const status of [0, 2] as const) {
          const listed = idsOf(await one.all(stream, status, 777));
          expect(listed).toEqual(ids.filter((_, i) => expected[i] === status));
        }
        expect((await other.all(stream, 'all')).map((event) => event.status)).toEqual(expected);
      }
    },
  },
  {
    title: 'finding the few events that are left reads the records of those, not of all',
    async run({ one }) {
      const stream = await one.streams.create('a');
      const count = 50_000;
      for (let written = 0; written < count; written += 2000) await one.fill(stream, 2000);
      const left = new Set([1, 4096, 4097, 20_000, 49_999]);
      await Promise.all(
        Array.from({ length: count }, (_, i) => i + 1)
          .filter((messageId) => !left.has(messageId))
          .map((messageId) => one.streams.mark({ eventId: '', messageId, stream }, 1)),
      );
      let reads = 0;
      const { records } = one.storage;
      const get = records.get.bind(records);
      const counted = Object.assign(Object.create(records) as typeof records, {
        get: (partition: string, key: string) => {
          reads++;
          return get(partition, key);
        },
      });
      const { StatusIndex } = await import('../../../src/streams/status-index.js');
      const found = await new StatusIndex(counted).find(stream.id, 0, { from: 1, to: count, maxIds: 1000 });
      expect(found.ranges.map(({ first, last }) => [first, last])).toEqual([
        [1, 1],
        [4096, 4096],
        [4097, 4097],
        [20_000, 20_000],
        [49_999, 49_999],
      ]);
      // One summary, and the blocks of the five events; the last block is never complete.
      expect(reads).toBeLessThanOrEqual(1 + 5);
      expect(await one.all(stream, 2)).toEqual([]);
    },
  },
  {
    title: 'marks of one event in a row end with the last one',
    async run({ one }) {
      const stream = await one.streams.create('a');
      const { id } = await one.streams.write('a', Buffer.from('1'));
      const event = await one.streams.findEvent(id);
      const statuses: EventStatus[] = [1, 2, 0, 1, 0, 2];
      await Promise.all(statuses.map((status) => one.streams.mark(event, status)));
      expect(idsOf(await one.all(stream, 2))).toEqual([id]);
    },
  },
  {
    title: 'marks survive a restart',
    async run(context) {
      if (context.harness.capabilities.durability === 'none') return;
      const stream = await context.one.streams.create('a');
      await context.one.fill(stream, 3);
      const [first, second] = await context.one.all(stream, 'all');
      await context.one.mark(first!.id, 1);
      await context.one.mark(second!.id, 2);
      await context.restart();
      expect((await context.one.all(stream, 'all')).map(({ status }) => status)).toEqual([1, 2, 0]);
    },
  },
  {
    title: 'marks live as long as their events and go after them',
    async run({ one, harness }) {
      const lifeMs = 3_600_000;
      const stream = await one.streams.create('a', { eventTtlUs: lifeMs * 1000 });
      const partition = `stream/${stream.id}`;
      const records = () => one.storage.records.scan(partition, { from: ' ', to: '', limit: 10 });
      if (harness.time.nowUs === undefined) return;
      // An event an hour old is marked just before it goes; its neighbour is marked again and again meanwhile.
      const old = await one.streams.write('a', Buffer.from('1'));
      for (let hour = 0; hour < 6; hour++) {
        const { id } = await one.streams.write('a', Buffer.from('2'));
        await harness.time.advance(lifeMs - 1);
        await one.mark(id, 2);
        expect(idsOf(await one.all(stream, 2))).toEqual([id]);
        await harness.time.advance(1);
      }
      await expect(one.mark(old.id, 1)).rejects.toMatchObject({ reason: 'EVENT_NOT_FOUND' });
      expect(await records()).not.toEqual([]);
      await harness.time.advance(4 * lifeMs + 1);
      expect(await records()).toEqual([]);
    },
  },
];
