import fc from 'fast-check';
import { parsePattern } from '../../../src/core/pattern.js';
import type { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import { MemoryBroker } from '../../support/memory-broker.js';

function seen(subscriber: CollectingSubscriber): string[] {
  return subscriber.messages.map(({ subject, id }) => `${subject}/${id}`);
}

describe('a pattern', () => {
  it.each([
    ['orders.*', 'orders.eu', true],
    ['orders.*', 'orders.eu.north', false],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.', false],
    ['*.eu', 'orders.eu', true],
    ['*.eu', 'eu', false],
    ['orders.>', 'orders.eu.north', true],
    ['orders.>', 'orders', false],
    ['orders.>', 'orders.', false],
    ['ord>', 'orders', true],
    ['ord>', 'ord', false],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.b.d', false],
    ['a.*.>', 'a.b.c.d', true],
    ['a.*.>', 'a.b', false],
    ['>', 'anything', true],
    ['*', 'one', true],
    ['*', 'one.two', false],
    ['>', '$reserved', false],
  ])('%s and %s: %s', (pattern, subject, expected) => {
    expect(parsePattern(pattern).matches(subject)).toBe(expected);
  });

  it('knows a prefix of everything that it matches', () => {
    expect(parsePattern('orders.eu.*').prefix).toBe('orders.eu.');
    expect(parsePattern('orders.*.eu').prefix).toBe('orders.');
    expect(parsePattern('ord>').prefix).toBe('ord');
    expect(parsePattern('>').prefix).toBe('');
  });
});

describe('a subscription by pattern', () => {
  let memory: MemoryBroker;

  beforeEach(() => {
    memory = new MemoryBroker({ feedMaxMessages: 8 });
  });

  afterEach(() => memory.close());

  it('delivers new messages of every matching subject, known or not', async () => {
    await memory.publish('a.old', 'before');
    const subscriber = memory.subscribe({ subjects: ['a.*'] });
    await subscriber.saw('caughtUp');
    await memory.publish('a.old', 'x', 'y');
    await memory.publish('a.new', 'x');
    await memory.publish('b.new', 'x');
    expect(seen(subscriber)).toEqual(['a.old/2', 'a.old/3', 'a.new/1']);
  });

  it('replays what is stored and goes on live', async () => {
    for (const subject of ['a.3', 'a.1', 'b.1', 'a.2']) await memory.publish(subject, 'x', 'y');
    const subscriber = memory.subscribe({ subjects: ['a.>'], start: { kind: 'earliest' } });
    await subscriber.saw('caughtUp');
    await memory.publish('a.2', 'live');
    expect(seen(subscriber)).toEqual(['a.1/1', 'a.1/2', 'a.2/1', 'a.2/2', 'a.3/1', 'a.3/2', 'a.2/3']);
  });

  it('delivers a message once when several subjects and patterns match it', async () => {
    await memory.publish('a.b', 'x');
    const subscriber = memory.subscribe({ subjects: ['a.b', 'a.*', '>', '*.b'], start: { kind: 'earliest' } });
    await subscriber.saw('caughtUp');
    await memory.publish('a.b', 'y');
    expect(seen(subscriber)).toEqual(['a.b/1', 'a.b/2']);
  });

  it('begins at a time', async () => {
    await memory.publish('a.1', 'early');
    memory.clock.advance(1000);
    const timeUs = memory.clock.nowUs();
    await memory.publish('a.1', 'late');
    await memory.publish('a.2', 'late');
    const subscriber = memory.subscribe({ subjects: ['a.*'], start: { kind: 'time', timeUs } });
    await subscriber.saw('caughtUp');
    expect(seen(subscriber)).toEqual(['a.1/2', 'a.2/1']);
  });

  it('stops at the head', async () => {
    for (let i = 0; i < 20; i++) await memory.publish(`a.${i}`, 'x', 'y');
    const subscriber = memory.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' }, stopAtHead: true });
    await subscriber.until(() => subscriber.ended);
    expect(subscriber.error).toBeUndefined();
    expect(subscriber.messages).toHaveLength(40);
  });

  it('tells what is gone between its cursor and what is stored', async () => {
    const first = memory.subscribe({ subjects: ['a.*'] });
    await first.saw('caughtUp');
    await memory.publish('a.1', 'x', 'y');
    const start = { kind: 'cursor', cursor: first.subscription!.cursor() } as const;
    first.subscription!.cancel();
    await memory.publish('a.1', 'x', 'y', 'z');
    await memory.publish('a.2', 'x');
    await memory.broker.purge('a.1', { kind: 'id', id: 2 }, true);
    const complete = memory.subscribe({ subjects: ['a.*'], start });
    await complete.saw('caughtUp');
    expect(seen(complete)).toEqual(['a.1/3', 'a.1/4', 'a.1/5', 'a.2/1']);
    await memory.broker.purge('a.1', { kind: 'id', id: 5 }, true);
    const failing = memory.subscribe({ subjects: ['a.*'], start });
    await failing.until(() => failing.ended);
    expect(failing.error).toMatchObject({
      reason: 'POSITION_TRUNCATED',
      fields: { subject: 'a.1', first_available: '5' },
    });
    const skipping = memory.subscribe({ subjects: ['a.*'], start, skipTruncated: true });
    await skipping.saw('caughtUp');
    expect(skipping.events[1]).toEqual({ kind: 'truncated', subject: 'a.1', firstAvailableId: 5 });
    expect(seen(skipping)).toEqual(['a.1/5', 'a.2/1']);
  });

  it('keeps its cursor small when it has caught up, however many subjects there are', async () => {
    const subscriber = memory.subscribe({ subjects: ['>'] });
    await subscriber.saw('caughtUp');
    for (let i = 0; i < 500; i++) await memory.publish(`subject.${i}`, 'x');
    expect(subscriber.messages).toHaveLength(500);
    expect(subscriber.subscription!.cursor().length).toBeLessThan(100);
  });

  it('survives more active subjects than it keeps readers for while it is slow', async () => {
    const subscriber = memory.subscribe({ subjects: ['>'] }, 10);
    await subscriber.saw('caughtUp');
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 1500; i++) await memory.publish(`s.${i}`, 'x');
    }
    expect(subscriber.messages).toHaveLength(10);
    subscriber.take(1_000_000);
    await subscriber.until(() => subscriber.messages.length >= 4500);
    await memory.publish('s.1', 'last');
    await subscriber.until(() => subscriber.messages.length >= 4501);
    expect(new Set(seen(subscriber)).size).toBe(4501);
    expect(subscriber.messages).toHaveLength(4501);
    expect(subscriber.events.map((event) => event.kind)).toContain('fellBehind');
  });

  it('delivers each message once and in order, through any interleaving of slowness and resumption', async () => {
    const subjects = ['a.1', 'a.2', 'a.3', 'b.1'];
    const step = fc.oneof(
      fc.record({ do: fc.constant('publish' as const), subject: fc.nat(3), count: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ do: fc.constant('resume' as const), flush: fc.nat(50) }),
      fc.record({ do: fc.constant('breathe' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, earliest) => {
        const broker = new MemoryBroker({ feedMaxMessages: 8 });
        const received: string[] = [];
        try {
          await broker.publish('a.1', 'stored', 'stored');
          const named = { subjects: ['a.*', 'b.1'] };
          let subscriber = broker.subscribe({ ...named, start: { kind: earliest ? 'earliest' : 'new' } }, 5);
          await subscriber.saw('confirmed');
          for (const action of steps) {
            if (action.do === 'publish') {
              await broker.publish(subjects[action.subject]!, ...Array.from({ length: action.count }, () => 'x'));
            } else if (action.do === 'take') subscriber.take(action.count);
            else if (action.do === 'breathe') await new Promise((resolve) => setImmediate(resolve));
            else {
              subscriber.subscription!.cancel();
              const { cursor, delivered } = subscriber.cursors[action.flush % subscriber.cursors.length]!;
              received.push(...seen(subscriber).slice(0, delivered));
              subscriber = broker.subscribe({ ...named, start: { kind: 'cursor', cursor } }, 5);
              await subscriber.saw('confirmed');
            }
          }
          subscriber.take(1_000_000);
          if (!subscriber.events.some((event) => event.kind === 'caughtUp')) await subscriber.saw('caughtUp');
          // A marker in each subject: everything before it has been delivered when it is there.
          const markers: string[] = [];
          for (const subject of subjects) markers.push(`${subject}/${(await broker.publish(subject, 'marker'))[0]}`);
          await subscriber.until(() => markers.every((marker) => seen(subscriber).includes(marker)));
          received.push(...seen(subscriber));
          for (const [index, subject] of subjects.entries()) {
            const ids = received.filter((id) => id.startsWith(`${subject}/`)).map((id) => Number(id.split('/')[1]));
            const first = subject === 'a.1' && !earliest ? 3 : 1;
            const last = Number(markers[index]!.split('/')[1]);
            expect(ids).toEqual(Array.from({ length: last - first + 1 }, (_, offset) => first + offset));
          }
        } finally {
          await broker.close();
        }
      }),
      { numRuns: 300 },
    );
  });
});
