import { NO_BROKER_METRICS } from '../../../src/broker/broker-metrics.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import { EventStreams } from '../../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../../src/streams/stream-metrics.js';
import { UNPROCESSED } from '../../../src/streams/streams.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { SharedMemory } from '../../support/shared-memory.js';
import { skewedClock } from '../../support/skewed-clock.js';
import { turns } from '../../support/turns.js';

const SECOND_US = 1_000_000;
const HOUR_US = 3600 * SECOND_US;

describe.each([
  ['an hour ahead of', HOUR_US],
  ['an hour behind', -HOUR_US],
])('a broker whose storage has a clock %s its own', (_title, skewUs) => {
  let clock: ManualClock;
  let shared: SharedMemory;
  let memory: MemoryBroker;
  const latencies: number[] = [];

  beforeEach(() => {
    latencies.length = 0;
    clock = new ManualClock();
    shared = new SharedMemory(skewedClock(clock, skewUs));
    const metrics = { ...NO_BROKER_METRICS, deliveryLatency: (seconds: number) => void latencies.push(seconds) };
    memory = new MemoryBroker({}, { clock, storage: shared.connect(), metrics });
  });

  afterEach(async () => {
    await memory.close();
    await shared.close();
  });

  function publish(ttlUs: number): Promise<unknown> {
    return memory.broker.publish({ subject: 'a.b', body: Buffer.from('x'), headers: NO_HEADERS, ttlUs });
  }

  it('delivers what has not expired by the clock of the storage, live and from the log', async () => {
    const live = memory.subscribe({ subjects: ['a.b'] });
    await live.saw('caughtUp');
    await publish(60 * SECOND_US);
    await publish(2 * HOUR_US);
    const late = [['a.b'], ['a.*']].map((subjects) => memory.subscribe({ subjects, start: { kind: 'earliest' } }));
    await Promise.all(late.map((subscriber) => subscriber.saw('caughtUp')));
    expect([live, ...late].map(({ ids }) => ids)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('does not deliver from a feed what has expired by the clock of the storage', async () => {
    const slow = memory.subscribe({ subjects: ['a.b'] }, 1);
    await slow.saw('caughtUp');
    await publish(2 * HOUR_US);
    await publish(60 * SECOND_US);
    await publish(2 * HOUR_US);
    clock.advance(61_000);
    await turns();
    slow.take(10);
    expect(slow.ids).toEqual([1, 3]);
  });

  it('begins at a time of the storage', async () => {
    await publish(2 * HOUR_US);
    clock.advance(1_000);
    const timeUs = memory.broker.nowUs();
    await publish(2 * HOUR_US);
    const subscribers = [['a.b'], ['a.*']].map((subjects) =>
      memory.subscribe({ subjects, start: { kind: 'time', timeUs } }),
    );
    await Promise.all(subscribers.map((subscriber) => subscriber.saw('caughtUp')));
    expect(subscribers.map(({ ids }) => ids)).toEqual([[2], [2]]);
  });

  it('measures latencies by it', async () => {
    const subscriber = memory.subscribe({ subjects: ['a.b'] });
    await subscriber.saw('caughtUp');
    await publish(2 * HOUR_US);
    expect(latencies).toEqual([0]);
  });

  it('creates streams and ends leases by it', async () => {
    const streams = new EventStreams({
      storage: memory.storage,
      log: memory.broker,
      clock,
      limits: { maxMessageBytes: 1024, maxTtlUs: 0, eventTtlUs: 0 },
      metrics: NO_STREAM_METRICS,
    });
    const stream = await streams.create('orders');
    expect(stream.createdTimeUs).toBe(clock.nowUs() + skewUs);
    const written = [await streams.write('orders', Buffer.from('1')), await streams.write('orders', Buffer.from('2'))];
    const { lease } = await streams.lease(stream, UNPROCESSED, { limit: 2, durationUs: 60 * SECOND_US });
    clock.advance(20_000);
    // A mark that frees one event keeps the rest of the lease, for as long as it was given.
    await streams.mark(await streams.findEvent(written[0]!.id), UNPROCESSED);
    clock.advance(39_000);
    const before = await streams.lease(stream, UNPROCESSED, { limit: 2, durationUs: SECOND_US });
    expect(before.events.map(({ messageId }) => messageId)).toEqual([1]);
    clock.advance(2_000);
    const after = await streams.lease(stream, UNPROCESSED, { limit: 2, durationUs: SECOND_US });
    expect(after.events.map(({ messageId }) => messageId)).toEqual([1, 2]);
    expect(lease!.expireTimeUs).toBe(stream.createdTimeUs + 60 * SECOND_US);
  });
});
