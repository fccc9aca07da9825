import type { BrokerError } from '../../../src/core/errors.js';
import type { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { SharedMemory } from '../../support/shared-memory.js';
import { turns } from '../../support/turns.js';

function asked(shared: SharedMemory): number {
  return [...shared.asked.values()].reduce((sum, times) => sum + times, 0);
}

describe('while a shared storage is away', () => {
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
    expect(clock.pending).toBe(0);
  });

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(50);
      await turns(5);
    }
  }

  async function caughtUp(subscriber: CollectingSubscriber): Promise<CollectingSubscriber> {
    await subscriber.saw('caughtUp');
    return subscriber;
  }

  it('publishes fail at once, each with the truth about its outcome', async () => {
    shared.away = true;
    const failures = await Promise.all(
      Array.from({ length: 10 }, () => here.publish('a.b', 'x').catch((error: BrokerError) => error)),
    );
    for (const failure of failures) {
      expect(failure).toMatchObject({
        reason: 'STORAGE_UNAVAILABLE',
        fields: { outcome: 'not_written' },
        retryAfterMs: 500,
      });
    }
    shared.away = false;
    expect(await here.publish('a.b', 'x')).toEqual([1]);
  });

  it.each(['a.b', 'a.*'])(
    'a subscription of %s stays and goes on within two seconds of the return',
    async (subject) => {
      const subscriber = await caughtUp(here.subscribe({ subjects: [subject] }));
      await there.publish('a.b', 'x');
      await subscriber.until(() => subscriber.messages.length === 1);
      shared.silent = true;
      await there.publish('a.b', 'y', 'z');
      await there.publish('a.c', 'y');
      shared.away = true;
      await pass(30_000);
      expect(subscriber.ended).toBe(false);
      expect(subscriber.messages).toHaveLength(1);
      shared.away = false;
      await pass(2_000);
      expect(subscriber.messages).toHaveLength(subject === 'a.b' ? 3 : 4);
    },
  );

  it('a subscription goes on with what it was reading from the log', async () => {
    await there.publish('a.b', ...Array.from({ length: 50 }, () => 'x'));
    const byName = here.subscribe({ subjects: ['a.b'], start: { kind: 'earliest' } }, 10);
    const byPattern = here.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' } }, 10);
    await turns();
    await there.publish('a.b', ...Array.from({ length: 50 }, () => 'y'));
    shared.away = true;
    byName.take(1_000);
    byPattern.take(1_000);
    await pass(10_000);
    shared.away = false;
    await pass(2_000);
    for (const subscriber of [byName, byPattern]) {
      expect(subscriber.error).toBeUndefined();
      expect(subscriber.ids).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    }
  });

  it.each(['a.b', 'a.*'])('a subscription of %s that begins fails', async (subject) => {
    shared.away = true;
    const subscriber = here.subscribe({ subjects: [subject] });
    await subscriber.until(() => subscriber.ended);
    expect(subscriber.error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    expect(subscriber.events).toEqual([]);
  });

  it('a subscription can be drained and cancelled, and leaves nothing behind', async () => {
    await there.publish('a.b', ...Array.from({ length: 50 }, () => 'x'));
    const drained = here.subscribe({ subjects: ['a.b'], start: { kind: 'earliest' } }, 10);
    const cancelled = here.subscribe({ subjects: ['a.*'], start: { kind: 'earliest' } }, 10);
    await turns();
    shared.away = true;
    drained.take(1_000);
    cancelled.take(1_000);
    await pass(500);
    drained.subscription!.drain();
    cancelled.subscription!.cancel();
    expect(drained.error).toMatchObject({ reason: 'DRAINING' });
    await pass(3_000);
    expect(clock.pending).toBe(0);
  });

  it('the storage is asked a few times a second, not in a busy loop', async () => {
    await there.publish('a.b', ...Array.from({ length: 50 }, () => 'x'));
    await caughtUp(here.subscribe({ subjects: ['a.b', 'c.*'] }));
    const reading = here.subscribe({ subjects: ['a.b'], start: { kind: 'earliest' } }, 10);
    await turns();
    shared.away = true;
    reading.take(1_000);
    await pass(2_000);
    const before = asked(shared);
    await pass(10_000);
    // Two polls and one reader, each at least every second and at most every quarter of one.
    expect(asked(shared) - before).toBeGreaterThanOrEqual(3 * 9);
    expect(asked(shared) - before).toBeLessThanOrEqual(3 * 41);
  });

  it('other failures still end the subscriptions that they concern, and only those', async () => {
    const subjects = Array.from({ length: 20 }, (_, i) => `a.${i}`);
    const subscribers = await Promise.all(subjects.map((subject) => caughtUp(here.subscribe({ subjects: [subject] }))));
    shared.silent = true;
    for (const subject of subjects) await there.publish(subject, 'x');
    shared.damaged.add('a.7');
    await pass(1_000);
    for (const [index, subscriber] of subscribers.entries()) {
      if (index === 7) expect(subscriber.error).toMatchObject({ reason: 'DATA_LOSS' });
      else expect([subscriber.ids, subscriber.ended]).toEqual([[1], false]);
    }
  });
});
