import { Catalog } from '../../../src/streams/catalog.js';
import type { StreamsCase } from './index.js';
import { bodies, idsOf, type Replica } from './replicas.js';

export const removalCases: readonly StreamsCase[] = [
  {
    title: 'a removed stream takes its events, marks and leases with it, however many',
    async run({ one, other, harness }) {
      const stream = await one.streams.create('a');
      for (let i = 0; i < 10; i++) await one.fill(stream, 1000);
      const events = await one.all(stream, 'all');
      await Promise.all(events.map(({ id }, i) => one.mark(id, i % 2 === 0 ? 1 : 2)));
      await one.streams.lease(stream, 2, { limit: 5, durationUs: 1e9 });
      await other.streams.delete('a');
      await expect(one.streams.get('a')).rejects.toMatchObject({ reason: 'STREAM_NOT_FOUND' });
      await expect(one.streams.delete('a')).rejects.toMatchObject({ reason: 'STREAM_NOT_FOUND' });
      await expect(one.streams.write('a', Buffer.from('1'))).rejects.toMatchObject({ reason: 'STREAM_NOT_FOUND' });
      await expect(one.streams.findEvent(events[0]!.id)).rejects.toMatchObject({ reason: 'EVENT_NOT_FOUND' });
      const [info] = await one.storage.log.subjects({ prefix: stream.subject, after: '', limit: 1 });
      expect(info).toMatchObject({ messages: 0, bytes: 0 });
      // What refuses late marks lives for an hour, which passes only where time is driven.
      if (harness.time.nowUs === undefined) return;
      await harness.time.advance(3_600_001);
      for (const partition of ['streams', `stream/${stream.id}`]) {
        expect(await one.storage.records.scan(partition, { from: ' ', to: '', limit: 10 })).toEqual([]);
      }
    },
  },
  {
    title: 'a new stream of the name is another one and is empty',
    async run({ one, other }) {
      const before = await one.streams.create('a');
      const { id } = await one.streams.write('a', Buffer.from('1'));
      await other.streams.write('a', Buffer.from('2'));
      await one.mark(id, 2);
      await one.streams.delete('a');
      const after = await one.streams.create('a');
      expect(after.id).not.toBe(before.id);
      for (const selection of ['all', 0, 2] as const) expect(await other.all(after, selection)).toEqual([]);
      // The other replica still holds the old definition.
      await other.streams.write('a', Buffer.from('3'));
      await one.streams.write('a', Buffer.from('4'));
      expect(bodies(await one.all(after, 'all'))).toEqual(['3', '4']);
      await expect(one.streams.findEvent(id)).rejects.toMatchObject({ reason: 'EVENT_NOT_FOUND' });
    },
  },
  {
    title: 'a mark that comes too late is refused and leaves nothing',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      const { id } = await one.streams.write('a', Buffer.from('1'));
      const event = await other.streams.findEvent(id);
      await one.streams.delete('a');
      await expect(other.streams.mark(event, 2)).rejects.toMatchObject({
        reason: 'EVENT_NOT_FOUND',
        message: `event '${id}' not found`,
      });
      const leased = other.streams.lease(stream, 0, { limit: 1, durationUs: 1e9 });
      await expect(leased).resolves.toMatchObject({ events: [], lease: undefined });
    },
  },
  {
    title: 'a removal that was cut short is finished by whoever meets it, or later by itself',
    async run({ one, other }) {
      const catalog = new Catalog(one.storage.records, () => one.storage.nowUs());
      for (const name of ['met', 'left']) {
        await one.streams.create(name);
        await one.streams.write(name, Buffer.from('1'));
        await catalog.markRemoved(await catalog.find(name));
        await expect(other.streams.get(name)).rejects.toMatchObject({ reason: 'STREAM_NOT_FOUND' });
      }
      expect(await other.streams.list({ prefix: '', after: '', limit: 10 })).toEqual([]);
      const again = await other.streams.create('met');
      expect(await other.all(again, 'all')).toEqual([]);
      expect(await other.streams.finishRemovals()).toBe(1);
      expect(await other.streams.finishRemovals()).toBe(0);
      const [info] = await one.storage.log.subjects({ prefix: '$streams.left', after: '', limit: 1 });
      expect(info).toMatchObject({ messages: 0 });
      expect(await catalog.lookUp('left')).toBeUndefined();
    },
  },
  {
    title: 'writes beside a removal are either refused or gone with it, never in the next stream',
    async run({ one, other }) {
      for (let round = 0; round < 20; round++) {
        await one.streams.create('a');
        const written: string[] = [];
        const write = async (replica: Replica): Promise<void> => {
          try {
            written.push((await replica.streams.write('a', Buffer.from('1'))).id);
          } catch (error) {
            expect(error).toMatchObject({ reason: 'STREAM_NOT_FOUND' });
          }
        };
        const writes = Promise.all(Array.from({ length: 20 }, (_, i) => write(i % 2 === 0 ? one : other)));
        await one.streams.delete('a');
        const next = await one.streams.create('a');
        await writes;
        await write(one);
        // A writer that found the old stream gone may have found the new one; its answer tells.
        const prefix = next.id.slice(0, 23);
        const expected = written.filter((id) => id.startsWith(prefix)).toSorted();
        expect(idsOf(await other.all(next, 'all'))).toEqual(expected);
        await one.streams.delete('a');
      }
    },
  },
];
