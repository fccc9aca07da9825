import { subjectOfStream } from '../../../src/streams/stream-name.js';
import type { StreamsCase } from './index.js';
import { DAY_US } from './replicas.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const NAMES = [
  'steve',
  'STEVE',
  '__proto__',
  'constructor',
  'a.b..c.',
  '.',
  ' ',
  ' a b ',
  '*',
  '>',
  'a.*.>',
  '$streams.steve',
  '%2A',
  '%',
  '%25',
  'n/steve',
  'Ä',
  'A\u0308',
  '🚀'.repeat(40),
  'العربية',
  'x'.repeat(400),
  'x'.repeat(401),
  'x'.repeat(402),
  'ü'.repeat(1024),
  `%sha256.${'0'.repeat(64)}`,
];

export const catalogCases: readonly StreamsCase[] = [
  {
    title: 'a stream is found by its name, with its id, on every replica and after a restart',
    async run(context) {
      const created = await context.one.streams.create('steve');
      expect(created).toMatchObject({ name: 'steve', subject: '$streams.steve', eventTtlUs: 30 * DAY_US });
      expect(created.id).toMatch(UUID_V4);
      expect(await context.other.streams.get('steve')).toEqual(created);
      if (context.harness.capabilities.durability === 'none') return;
      await context.restart();
      expect(await context.one.streams.get('steve')).toEqual(created);
    },
  },
  {
    title: 'any text is a name of its own, with a subject of its own',
    async run({ one, other }) {
      const ids = new Set<string>();
      for (const name of NAMES) {
        const stream = await one.streams.create(name);
        ids.add(stream.id);
        expect(stream.subject).toBe(subjectOfStream(name));
        expect(Buffer.byteLength(stream.subject)).toBeLessThanOrEqual(256);
        await one.streams.write(name, Buffer.from(JSON.stringify(name)));
      }
      expect(ids.size).toBe(NAMES.length);
      for (const name of NAMES) {
        const events = await other.all(await other.streams.get(name), 'all');
        expect(events.map(({ body }) => JSON.parse(Buffer.from(body).toString()))).toEqual([name]);
      }
    },
  },
  {
    title: 'an empty name, control characters, broken Unicode and absurd lengths are refused',
    async run({ one }) {
      for (const name of ['', 'a\nb', '\u0000', '\u007f', '\ud800', 'x'.repeat(2049), 'ü'.repeat(1025)]) {
        await expect(one.streams.create(name)).rejects.toMatchObject({ reason: 'STREAM_NAME_INVALID' });
        await expect(one.streams.get(name)).rejects.toMatchObject({ reason: 'STREAM_NOT_FOUND' });
      }
    },
  },
  {
    title: 'of many creates of one name at once, on two replicas, exactly one succeeds',
    async run({ one, other }) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : other).streams.create('contended')),
      );
      const created = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(created).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          expect(outcome.reason).toMatchObject({
            reason: 'STREAM_EXISTS',
            message: "stream: 'contended' already exists",
          });
        }
      }
      expect(await other.streams.get('contended')).toEqual(created[0]!.value);
    },
  },
  {
    title: 'streams are listed in the order of their names, by prefix and in pages',
    async run({ one }) {
      for (const name of NAMES) await one.streams.create(name);
      const listed: string[] = [];
      for (let after = ''; ;) {
        const page = await one.streams.list({ prefix: '', after, limit: 4 });
        listed.push(...page.map(({ name }) => name));
        if (page.length < 4) break;
        after = page.at(-1)!.name;
      }
      expect(listed.toSorted()).toEqual(NAMES.toSorted());
      const short = listed.filter((name) => Buffer.byteLength(name) <= 400);
      expect(short).toEqual(short.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      const withPrefix = async (prefix: string) =>
        (await one.streams.list({ prefix, after: '', limit: 100 })).map(({ name }) => name).toSorted();
      expect(await withPrefix('%')).toEqual(NAMES.filter((name) => name.startsWith('%')).toSorted());
      expect(await withPrefix('x'.repeat(401))).toEqual(['x'.repeat(401), 'x'.repeat(402)]);
      expect(await withPrefix('nothing')).toEqual([]);
    },
  },
  {
    title: 'a life beyond the longest is refused',
    async run({ one }) {
      const tooLong = one.streams.create('a', { eventTtlUs: 3651 * DAY_US });
      await expect(tooLong).rejects.toMatchObject({ reason: 'TTL_OUT_OF_RANGE' });
      await expect(one.streams.create('a', { eventTtlUs: -1 })).rejects.toMatchObject({ reason: 'TTL_OUT_OF_RANGE' });
      expect(await one.streams.create('a', { eventTtlUs: 5 * DAY_US })).toMatchObject({ eventTtlUs: 5 * DAY_US });
    },
  },
];
