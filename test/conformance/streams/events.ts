import { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import type { StreamsCase } from './index.js';
import { bodies, idsOf } from './replicas.js';

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => String(i));

export const eventCases: readonly StreamsCase[] = [
  {
    title: 'events come back byte for byte in the order of their creation, from either replica',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      const texts = ['{"b":1,"a":12345678901234567890}', '[1e400,-0,1.0]', 'null', '"\u2028<&>"', ' { } '];
      for (const [i, text] of texts.entries()) await (i % 2 ? one : other).streams.write('a', Buffer.from(text));
      const events = await other.all(stream, 'all');
      expect(bodies(events)).toEqual(texts);
      expect(events.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
      const times = events.map(({ createdTimeUs }) => createdTimeUs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(await one.all(stream, 0)).toEqual(events);
      expect(await one.all(stream, 2)).toEqual([]);
    },
  },
  {
    title: 'the answer to a write is the id under which the event is found',
    async run({ one, other }) {
      const stream = await one.streams.create('a');
      const written = await one.streams.write('a', Buffer.from('1'));
      expect(written.id.slice(0, 23)).toBe(stream.id.slice(0, 23));
      expect(await other.streams.findEvent(written.id)).toMatchObject({ messageId: written.messageId, stream });
      expect((await other.all(stream, 'all'))[0]).toMatchObject({ ...written, status: 0 });
      expect(other.streams.position(stream, written.id.toUpperCase())).toBe(written.messageId);
    },
  },
  {
    title: 'pages hold what was asked for and go on where they ended',
    async run({ one }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 2500);
      for (const limit of [1, 7, 1000]) {
        const from = limit === 1 ? 2490 : 0;
        const { events, next, upTo } = await one.streams.read(stream, 'all', { after: from, limit });
        expect(bodies(events)).toEqual(numbers(2500).slice(from, from + limit));
        expect(next).toBe(from + limit);
        expect(upTo).toBe(2500);
      }
      expect(bodies(await one.all(stream, 'all', 333))).toEqual(numbers(2500));
      expect(bodies(await one.all(stream, 0, 333))).toEqual(numbers(2500));
    },
  },
  {
    title: 'a page ends at 1 MiB, and an event larger than that has a page of its own',
    async run({ one }) {
      const stream = await one.streams.create('a');
      const body = Buffer.from(`"${'x'.repeat(400 * 1024)}"`);
      for (let i = 0; i < 5; i++) await one.streams.write('a', body);
      const first = await one.streams.read(stream, 'all', { after: 0, limit: 1000 });
      expect(first.events.length).toBeLessThan(5);
      expect(first.next).toBe(first.events.length);
      expect(await one.all(stream, 'all')).toHaveLength(5);
      // Whatever waits for company must not make an answer that is too large to be sent.
      await one.streams.write('a', Buffer.from(`"${'y'.repeat(900 * 1024)}"`));
      const { events } = await one.streams.read(stream, 'all', { after: 4, limit: 1000 });
      expect(events.map(({ body }) => body.length)).toEqual([body.length]);
    },
  },
  {
    title: 'a walk over pages ends at what was there when it began',
    async run({ one }) {
      const stream = await one.streams.create('a');
      await one.fill(stream, 3);
      const { upTo, next } = await one.streams.read(stream, 'all', { after: 0, limit: 2 });
      await one.fill(stream, 3);
      const last = await one.streams.read(stream, 'all', { after: next!, limit: 100, upTo });
      expect(last.events).toHaveLength(1);
      expect(last.next).toBeUndefined();
    },
  },
  {
    title: 'unknown streams and events are named in the error',
    async run({ one }) {
      const stream = await one.streams.create('a');
      const other = await one.streams.create('b');
      const { id } = await one.streams.write('b', Buffer.from('1'));
      await expect(one.streams.write('c', Buffer.from('1'))).rejects.toMatchObject({
        reason: 'STREAM_NOT_FOUND',
        message: "stream 'c' not found",
      });
      const missing = `${id.slice(0, 24)}00000000ffff`;
      for (const eventId of ['', 'x', stream.id, missing, `${'0'.repeat(8)}-0000-4000-8000-000000000001`, `${id}0`]) {
        await expect(one.streams.findEvent(eventId)).rejects.toMatchObject({
          reason: 'EVENT_NOT_FOUND',
          message: `event '${eventId}' not found`,
        });
      }
      expect(() => one.streams.position(stream, id)).toThrow(`event '${id}' not found`);
      expect(one.streams.position(other, missing)).toBe(0xffff);
    },
  },
  {
    title: 'an event that is too large is refused',
    async run({ one }) {
      await one.streams.create('a');
      const tooLarge = one.streams.write('a', Buffer.alloc(1024 * 1024 + 1, ' '));
      await expect(tooLarge).rejects.toMatchObject({ reason: 'MESSAGE_TOO_LARGE' });
    },
  },
  {
    title: 'events go when their life is over, whatever their marks, and others stay',
    async run({ one, harness }) {
      const ms = 40 * harness.time.granularityMs + 1000;
      const short = await one.streams.create('short', { eventTtlUs: ms * 1000 });
      const kept = await one.streams.create('kept', { eventTtlUs: 0 });
      const { id } = await one.streams.write('short', Buffer.from('1'));
      await one.streams.write('kept', Buffer.from('1'));
      await harness.time.advance(ms / 2);
      await one.mark(id, 2);
      const later = await one.streams.write('short', Buffer.from('2'));
      await harness.time.advance(ms / 2 + harness.time.granularityMs);
      expect(idsOf(await one.all(short, 'all'))).toEqual([later.id]);
      expect(await one.all(short, 2)).toEqual([]);
      await expect(one.streams.findEvent(id)).rejects.toMatchObject({ reason: 'EVENT_NOT_FOUND' });
      expect(await one.all(kept, 'all')).toHaveLength(1);
    },
  },
  {
    title: 'subscribers of the subject get the events live',
    async run({ one }) {
      await one.streams.create('a.b');
      const subscriber = new CollectingSubscriber();
      subscriber.subscription = one.broker.subscribe(
        {
          subjects: ['$streams.>'],
          patterns: true,
          start: { kind: 'new' },
          skipTruncated: false,
          stopAtHead: false,
          maxMessages: 2,
        },
        subscriber,
      );
      await subscriber.saw('caughtUp');
      const written = await one.streams.write('a.b', Buffer.from('1'));
      await one.streams.write('a.b', Buffer.from('2'));
      await subscriber.until(() => subscriber.ended);
      expect(subscriber.messages.map(({ body }) => Buffer.from(body).toString())).toEqual(['1', '2']);
      expect(subscriber.messages[0]).toMatchObject({ subject: '$streams.a.b', id: written.messageId });
    },
  },
];
