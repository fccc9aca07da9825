import { BrokerError } from '../../../src/core/errors.js';
import { MemoryBroker } from '../../support/memory-broker.js';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function bodies(count: number): string[] {
  return range(1, count).map((n) => `message ${n}`);
}

describe('a subscription', () => {
  let memory: MemoryBroker;

  beforeEach(() => {
    memory = new MemoryBroker({ feedMaxMessages: 16 });
  });

  afterEach(() => memory.close());

  it('delivers what is published after it was confirmed, in order', async () => {
    await memory.publish('a', 'before');
    const subscriber = memory.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    await memory.publish('a', ...bodies(100));
    await subscriber.until(() => subscriber.messages.length === 100);
    expect(subscriber.ids).toEqual(range(2, 101));
    expect(subscriber.events.map((event) => event.kind)).toEqual(['confirmed', 'caughtUp']);
  });

  it('announces that it has caught up on a subject that does not exist', async () => {
    const subscriber = memory.subscribe({ subjects: ['nothing.here'], start: { kind: 'earliest' } });
    await subscriber.saw('caughtUp');
    expect(subscriber.events.map((event) => event.kind)).toEqual(['confirmed', 'caughtUp']);
  });

  it('goes from stored to live messages without a seam', async () => {
    await memory.publish('a', ...bodies(500));
    const subscriber = memory.subscribe({ subjects: ['a'], start: { kind: 'earliest' } });
    for (let i = 0; i < 50; i++) await memory.publish('a', 'live', 'live');
    await subscriber.until(() => subscriber.messages.length === 600);
    expect(subscriber.ids).toEqual(range(1, 600));
  });

  it('begins after an id, at a time, and beyond the head', async () => {
    await memory.publish('a', ...bodies(5));
    memory.clock.advance(1000);
    const later = memory.clock.nowUs();
    await memory.publish('a', ...bodies(5));
    const after = memory.subscribe({ subjects: ['a'], start: { kind: 'after', id: 7 } });
    const atTime = memory.subscribe({ subjects: ['a'], start: { kind: 'time', timeUs: later } });
    const beyond = memory.subscribe({ subjects: ['a'], start: { kind: 'after', id: 12 } });
    await Promise.all([after, atTime, beyond].map((subscriber) => subscriber.saw('confirmed')));
    await memory.publish('a', ...bodies(4));
    await beyond.until(() => beyond.messages.length === 2);
    await after.until(() => after.messages.length === 7);
    expect(after.ids).toEqual(range(8, 14));
    expect(atTime.ids).toEqual(range(6, 14));
    expect(beyond.ids).toEqual([13, 14]);
  });

  it('serves a slow subscriber from the log and loses nothing', async () => {
    const slow = memory.subscribe({ subjects: ['a'] }, 3);
    const quick = memory.subscribe({ subjects: ['a'] });
    await slow.saw('caughtUp');
    for (let i = 0; i < 100; i++) await memory.publish('a', 'x');
    expect(quick.ids).toEqual(range(1, 100));
    expect(slow.ids).toEqual([1, 2, 3]);
    slow.take(10);
    await slow.until(() => slow.messages.length === 13);
    slow.take(1000);
    await slow.until(() => slow.events.filter((event) => event.kind === 'caughtUp').length === 2);
    expect(slow.ids).toEqual(range(1, 100));
    expect(slow.events.map((event) => event.kind)).toEqual(['confirmed', 'caughtUp', 'fellBehind', 'caughtUp']);
    await memory.publish('a', 'x');
    expect(slow.ids.at(-1)).toBe(101);
  });

  it('is not pushed out of the ring by a flush that is larger than it', async () => {
    const subscriber = memory.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    await memory.publish('a', ...bodies(1000));
    expect(subscriber.ids).toEqual(range(1, 1000));
    expect(subscriber.events.map((event) => event.kind)).toEqual(['confirmed', 'caughtUp']);
  });

  it('resumes after each of its cursors without a gap or a duplicate', async () => {
    await memory.publish('a', ...bodies(30));
    const first = memory.subscribe({ subjects: ['a'], start: { kind: 'earliest' } }, 7);
    for (let i = 0; i < 5; i++) {
      await first.until(() => first.room === 0);
      first.take(4);
    }
    await memory.publish('a', ...bodies(5));
    for (const { cursor, delivered } of first.cursors) {
      const resumed = memory.subscribe({ subjects: ['a'], start: { kind: 'cursor', cursor } });
      await resumed.saw('caughtUp');
      expect(resumed.ids).toEqual(range(delivered + 1, 35));
      resumed.subscription!.cancel();
    }
  });

  it('does not deliver what has expired', async () => {
    await memory.broker.publish({ subject: 'a', body: Buffer.from('short'), headers: [], ttlUs: 1_000_000 });
    await memory.publish('a', 'long');
    const slow = memory.subscribe({ subjects: ['a'], start: { kind: 'earliest' } }, 0);
    await slow.saw('confirmed');
    memory.clock.advance(1000);
    slow.take(10);
    await slow.until(() => slow.messages.length === 1);
    expect(slow.ids).toEqual([2]);
  });

  it('ends with POSITION_TRUNCATED when messages after its position are gone', async () => {
    await memory.publish('a', ...bodies(10));
    await memory.broker.purge('a', { kind: 'id', id: 6 }, true);
    const subscriber = memory.subscribe({ subjects: ['a'], start: { kind: 'after', id: 2 } });
    await subscriber.until(() => subscriber.ended);
    expect(subscriber.error?.reason).toBe('POSITION_TRUNCATED');
    expect(subscriber.error?.fields['first_available']).toBe('6');
    expect(subscriber.ids).toEqual([]);
  });

  it('goes on at the oldest message when asked to skip what is gone', async () => {
    await memory.publish('a', ...bodies(10));
    await memory.broker.purge('a', { kind: 'id', id: 6 }, true);
    const subscriber = memory.subscribe({ subjects: ['a'], start: { kind: 'after', id: 2 }, skipTruncated: true });
    await subscriber.saw('caughtUp');
    expect(subscriber.ids).toEqual(range(6, 10));
    expect(subscriber.events[1]).toEqual({ kind: 'truncated', subject: 'a', firstAvailableId: 6 });
  });

  it('delivers transient messages to live subscribers only', async () => {
    const live = memory.subscribe({ subjects: ['a'] });
    await live.saw('caughtUp');
    await memory.broker.publish({ subject: 'a', body: Buffer.from('now'), headers: [], fireAndForget: true });
    await memory.publish('a', 'kept');
    expect(live.ids).toEqual([1, 2]);
    const replay = memory.subscribe({ subjects: ['a'], start: { kind: 'earliest' } });
    await replay.saw('caughtUp');
    expect(replay.ids).toEqual([2]);
  });

  it('stops at the head or after a number of messages', async () => {
    await memory.publish('a', ...bodies(20));
    const head = memory.subscribe({ subjects: ['a', 'empty'], start: { kind: 'earliest' }, stopAtHead: true });
    const seven = memory.subscribe({ subjects: ['a'], start: { kind: 'earliest' }, maxMessages: 7 });
    await head.until(() => head.ended);
    await seven.until(() => seven.ended);
    expect(head.error).toBeUndefined();
    expect(head.ids).toEqual(range(1, 20));
    expect(seven.ids).toEqual(range(1, 7));
  });

  it('is drained with an event, a cursor and an error', async () => {
    const subscriber = memory.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    memory.broker.drainSubscriptions();
    expect(subscriber.events.at(-1)).toEqual({ kind: 'draining' });
    expect(subscriber.error?.reason).toBe('DRAINING');
    expect(() => memory.subscribe({ subjects: ['a'] })).toThrow(BrokerError);
  });

  it.each(['deliver', 'flush'] as const)('fails alone when its subscriber throws in %s', async (method) => {
    const broken = memory.subscribe({ subjects: ['a'] });
    const pattern = memory.subscribe({ subjects: ['*'] });
    const sound = memory.subscribe({ subjects: ['a'] });
    await Promise.all([broken, pattern, sound].map((subscriber) => subscriber.saw('caughtUp')));
    for (const subscriber of [broken, pattern]) {
      subscriber[method] = () => {
        throw new Error('a bug');
      };
      subscriber.end = (error) => Object.assign(subscriber, { ended: true, error });
    }
    expect(await memory.publish('a', 'x', 'y')).toEqual([1, 2]);
    expect(await memory.publish('b', 'x')).toEqual([1]);
    expect(sound.ids).toEqual([1, 2]);
    for (const subscriber of [broken, pattern]) expect(subscriber.error?.reason).toBe('INTERNAL');
  });

  it('hears nothing more once it is cancelled', async () => {
    const subscriber = memory.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    subscriber.subscription!.cancel();
    await memory.publish('a', 'x');
    expect(subscriber.ids).toEqual([]);
    expect(subscriber.ended).toBe(false);
  });

  it.each([
    ['no subject', { subjects: [] }, 'SUBJECT_INVALID'],
    ['an empty subject', { subjects: [''] }, 'SUBJECT_INVALID'],
    ['a reserved subject', { subjects: ['$x'] }, 'SUBJECT_INVALID'],
    ['a wildcard in the middle', { subjects: ['a.>.b'] }, 'SUBJECT_INVALID'],
    ['too many subjects', { subjects: range(1, 65).map(String) }, 'ARGUMENT_INVALID'],
    ['an id for two subjects', { subjects: ['a', 'b'], start: { kind: 'after', id: 1 } }, 'ARGUMENT_INVALID'],
    ['text that is no cursor', { subjects: ['a'], start: { kind: 'cursor', cursor: 'nonsense' } }, 'CURSOR_MALFORMED'],
    ['an empty cursor', { subjects: ['a'], start: { kind: 'cursor', cursor: '' } }, 'CURSOR_MALFORMED'],
  ] as const)('refuses %s', (_title, request, reason) => {
    expect(() => memory.subscribe(request)).toThrow(expect.objectContaining({ reason }) as Error);
  });

  it('refuses a cursor of another life of the log, of other subjects, and one that was cut', async () => {
    const cursor = memory.broker.cursorAfter('a', 1);
    const other = new MemoryBroker();
    const start = { kind: 'cursor', cursor } as const;
    expect(() => other.subscribe({ subjects: ['a'], start })).toThrow(
      expect.objectContaining({ reason: 'EPOCH_CHANGED' }) as Error,
    );
    for (const subjects of [['b'], ['*']]) {
      expect(() => memory.subscribe({ subjects, start })).toThrow(
        expect.objectContaining({ reason: 'CURSOR_MALFORMED' }) as Error,
      );
    }
    const cut = { kind: 'cursor', cursor: cursor.slice(0, -3) } as const;
    expect(() => memory.subscribe({ subjects: ['a'], start: cut })).toThrow(
      expect.objectContaining({ reason: 'CURSOR_MALFORMED' }) as Error,
    );
    await other.close();
  });
});
