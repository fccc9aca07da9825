import { NO_BROKER_METRICS } from '../../../src/broker/broker-metrics.js';
import { DEFAULT_POLL_INTERVAL_MS } from '../../../src/broker/remote-writes.js';
import type { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { SharedMemory } from '../../support/shared-memory.js';
import { turns } from '../../support/turns.js';

function seen(subscriber: CollectingSubscriber): string[] {
  return subscriber.messages.map(({ subject, id }) => `${subject}/${id}`);
}

describe('two brokers that share a storage', () => {
  let clock: ManualClock;
  let shared: SharedMemory;
  let here: MemoryBroker;
  let there: MemoryBroker;

  beforeEach(() => {
    clock = new ManualClock();
    shared = new SharedMemory(clock);
    here = new MemoryBroker({ feedMaxMessages: 8 }, { clock, storage: shared.connect() });
    there = new MemoryBroker({ feedMaxMessages: 8 }, { clock, storage: shared.connect() });
  });

  afterEach(async () => {
    await here.close();
    await there.close();
    await shared.close();
  });

  /** Lets polls happen. */
  async function pass(intervals = 1): Promise<void> {
    for (let i = 0; i < intervals; i++) {
      clock.advance(DEFAULT_POLL_INTERVAL_MS);
      await turns();
    }
  }

  it.each(['a.b', 'a.*'])('deliver to %s what the other one has written, woken by hints', async (subject) => {
    const subscriber = here.subscribe({ subjects: [subject] });
    await subscriber.saw('caughtUp');
    await there.publish('a.b', 'x', 'y');
    await there.publish('a.b', 'z');
    await subscriber.until(() => subscriber.messages.length === 3);
    expect(seen(subscriber)).toEqual(['a.b/1', 'a.b/2', 'a.b/3']);
  });

  it.each(['a.b', 'a.*'])('deliver to %s within a poll interval when hints are lost', async (subject) => {
    shared.silent = true;
    const subscriber = here.subscribe({ subjects: [subject] });
    await subscriber.saw('caughtUp');
    await there.publish('a.b', 'x');
    await turns();
    expect(seen(subscriber)).toEqual([]);
    await pass();
    expect(seen(subscriber)).toEqual(['a.b/1']);
    await there.publish('a.b', 'y');
    await pass();
    expect(seen(subscriber)).toEqual(['a.b/1', 'a.b/2']);
  });

  it('tell what a poll has found before any hint', async () => {
    let found = 0;
    const metrics = { ...NO_BROKER_METRICS, pollFound: (subjects: number) => void (found += subjects) };
    const watcher = new MemoryBroker({}, { clock, storage: shared.connect(), metrics });
    const subscriber = watcher.subscribe({ subjects: ['a.b', 'a.c'] });
    await subscriber.saw('caughtUp');
    await there.publish('a.b', 'x');
    await subscriber.until(() => subscriber.messages.length === 1);
    await pass();
    expect(found).toBe(0);
    shared.silent = true;
    await there.publish('a.b', 'y');
    await pass(2);
    expect(found).toBe(1);
    await watcher.close();
  });

  it('keep the order of ids when both write to a subject', async () => {
    const subscribers = [here, there].flatMap((broker) => [
      broker.subscribe({ subjects: ['a.b'] }),
      broker.subscribe({ subjects: ['a.>'] }),
    ]);
    await Promise.all(subscribers.map((subscriber) => subscriber.saw('caughtUp')));
    for (let i = 0; i < 50; i++) await Promise.all([here.publish('a.b', 'x'), there.publish('a.b', 'y', 'z')]);
    for (const subscriber of subscribers) {
      await subscriber.until(() => subscriber.messages.length === 150);
      expect(subscriber.ids).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    }
  });

  it.each(['a.b', 'a.*'])('deliver to %s what is told and not kept, in order with the rest', async (subject) => {
    const subscriber = here.subscribe({ subjects: [subject] });
    await subscriber.saw('caughtUp');
    await there.tell('a.b', 'told');
    await subscriber.until(() => subscriber.messages.length === 1);
    await here.publish('a.b', 'kept');
    await here.tell('a.b', 'told here');
    await there.publish('a.b', 'kept there');
    await subscriber.until(() => subscriber.messages.length === 4);
    expect(subscriber.ids).toEqual([1, 2, 3, 4]);
  });

  it('deliver what is told to a subject that only a pattern has led to, once', async () => {
    shared.silent = true;
    await there.tell('a.b', 'before');
    clock.advance(1);
    await there.publish('other', 'x');
    const subscriber = here.subscribe({ subjects: ['a.*'] });
    await subscriber.saw('caughtUp');
    clock.advance(1);
    await there.tell('a.b', 'x', 'y');
    await pass();
    expect(seen(subscriber)).toEqual(['a.b/2', 'a.b/3']);
  });

  it('take own messages that are told while the log is read for a gap, neither twice nor never', async () => {
    const subscriber = here.subscribe({ subjects: ['a.b'] });
    await subscriber.saw('caughtUp');
    for (let i = 0; i < 20; i++) {
      // Hints and reads of the other's write mix with the dispatch of the own one in every order.
      const written = there.publish('a.b', 'x');
      if (i % 2 === 0) await written;
      await Promise.all([here.tell('a.b', 'told'), here.tell('a.b', 'told too'), written]);
    }
    await subscriber.until(() => subscriber.ids.at(-1) === 60);
    expect(subscriber.ids).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it('do not deliver to a new subscription what was acknowledged before it, although its feed lags behind', async () => {
    shared.silent = true;
    const early = here.subscribe({ subjects: ['a.b'] });
    await early.saw('caughtUp');
    await there.publish('a.b', 'x');
    const late = here.subscribe({ subjects: ['a.b'] });
    await late.saw('confirmed');
    await there.publish('a.b', 'y');
    await pass();
    expect([early.ids, late.ids]).toEqual([[1, 2], [2]]);
  });

  it('stop at the head that the other one has written, although the feed lags behind', async () => {
    shared.silent = true;
    const live = here.subscribe({ subjects: ['a.b'] });
    await live.saw('caughtUp');
    await there.publish('a.b', 'x', 'y');
    const subscriber = here.subscribe({ subjects: ['a.b'], start: { kind: 'earliest' }, stopAtHead: true });
    await subscriber.until(() => subscriber.ended);
    expect(subscriber.ids).toEqual([1, 2]);
  });

  it('serve a cursor of each other', async () => {
    const first = here.subscribe({ subjects: ['a.*', 'b'] });
    await first.saw('caughtUp');
    await there.publish('a.1', 'x');
    await here.publish('b', 'x');
    await first.until(() => first.messages.length === 2);
    const start = { kind: 'cursor', cursor: first.subscription!.cursor() } as const;
    first.subscription!.cancel();
    await here.publish('a.1', 'y');
    await here.publish('a.2', 'y');
    await there.publish('b', 'y');
    const second = there.subscribe({ subjects: ['a.*', 'b'], start });
    await second.until(() => second.messages.length === 3);
    expect(seen(second).toSorted()).toEqual(['a.1/2', 'a.2/1', 'b/2']);
  });

  it('do not poll while nobody watches', async () => {
    const subscriber = here.subscribe({ subjects: ['a.b', 'c.*'] });
    await subscriber.saw('caughtUp');
    await pass();
    expect(shared.asked.get('subjects')).toBe(1);
    subscriber.subscription!.cancel();
    await pass(2);
    const asked = new Map(shared.asked);
    await pass(5);
    expect(shared.asked).toEqual(asked);
    expect(clock.pending).toBe(0);
  });

  it('keep the cursor of a pattern small when the sweeps have passed, however many subjects there are', async () => {
    const subscriber = here.subscribe({ subjects: ['>'] });
    await subscriber.saw('caughtUp');
    for (let i = 0; i < 300; i++) await there.publish(`subject.${i}`, 'x');
    await subscriber.until(() => subscriber.messages.length === 300);
    await pass(2);
    expect(subscriber.subscription!.cursor().length).toBeLessThan(100);
  });

  it('bring a pattern everything of more subjects than it keeps readers for', async () => {
    const subscriber = here.subscribe({ subjects: ['>'] });
    await subscriber.saw('caughtUp');
    for (let round = 1; round <= 2; round++) {
      for (let i = 0; i < 1500; i++) await there.publish(`s.${i}`, 'x');
      for (let i = 0; i < 20 && subscriber.messages.length < round * 1500; i++) await pass();
    }
    expect(new Set(seen(subscriber)).size).toBe(3000);
    expect(subscriber.messages).toHaveLength(3000);
  });

  describe('and whose settled time stays ten seconds behind', () => {
    beforeEach(async () => {
      shared.lagUs = 10_000_000;
      await there.publish('a.old', 'x');
      clock.advance(20_000);
      await there.publish('a.old', 'y');
      await there.publish('a.b', 'x', 'y');
      clock.advance(2_000);
    });

    it('stop a pattern at the head', async () => {
      const subscriber = here.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' }, stopAtHead: true });
      await subscriber.until(() => subscriber.ended);
      expect(seen(subscriber)).toEqual(['a.old/1', 'a.b/1', 'a.b/2', 'a.old/2']);
    });

    it('have delivered everything stored when they say so', async () => {
      const subscriber = here.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' } });
      await subscriber.saw('caughtUp');
      expect(seen(subscriber)).toHaveLength(4);
    });

    it('deliver to a new subscription only what is new, also when it resumes', async () => {
      const first = here.subscribe({ subjects: ['a.*'] });
      await first.saw('caughtUp');
      await pass(4);
      const start = { kind: 'cursor', cursor: first.subscription!.cursor() } as const;
      first.subscription!.cancel();
      const second = there.subscribe({ subjects: ['a.*'], start });
      await second.saw('caughtUp');
      await here.publish('a.b', 'z');
      await second.until(() => second.messages.length > 0);
      expect([seen(first), seen(second)]).toEqual([[], ['a.b/3']]);
    });

    it('repeat nothing to a subscription that resumes twice before it gets anything', async () => {
      let subscriber = here.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' } });
      await subscriber.saw('caughtUp');
      expect(subscriber.messages).toHaveLength(4);
      for (const broker of [there, here]) {
        const start = { kind: 'cursor', cursor: subscriber.subscription!.cursor() } as const;
        subscriber.subscription!.cancel();
        subscriber = broker.subscribe({ subjects: ['a.*'], start });
        await subscriber.saw('caughtUp');
        await pass();
        expect(seen(subscriber)).toEqual([]);
      }
    });

    it('serve a cursor whose settled time is later than any that they know of themselves', async () => {
      shared.lagUs = 0;
      const slow = here.subscribe({ subjects: ['a.*'] }, 1);
      await slow.saw('caughtUp');
      await there.publish('a.b', 'z', 'z', 'z');
      await slow.until(() => slow.messages.length === 1);
      clock.advance(15_000);
      await there.publish('a.b', 'late');
      await pass(2);
      const start = { kind: 'cursor', cursor: slow.subscription!.cursor() } as const;
      slow.subscription!.cancel();
      shared.lagUs = 10_000_000;
      const second = there.subscribe({ subjects: ['a.*'], start });
      await second.saw('caughtUp');
      expect([seen(slow), seen(second)]).toEqual([['a.b/3'], ['a.b/4', 'a.b/5', 'a.b/6']]);
    });

    it('keep the subjects with later messages in the cursor, and only those', async () => {
      const subscriber = here.subscribe({ subjects: ['a.*'] });
      await subscriber.saw('caughtUp');
      const start = subscriber.subscription!.cursor().length;
      for (let i = 0; i < 100; i++) await there.publish(`a.${i}`, 'x');
      await subscriber.until(() => subscriber.messages.length === 100);
      expect(subscriber.subscription!.cursor().length).toBeGreaterThan(start + 400);
      clock.advance(11_000);
      await there.publish('other', 'x');
      await pass(2);
      expect(subscriber.subscription!.cursor().length).toBeLessThan(start + 20);
    });
  });
});
