import { Broker } from '../../../src/broker/broker.js';
import { NO_BROKER_METRICS } from '../../../src/broker/broker-metrics.js';
import { DEFAULT_BROKER_LIMITS } from '../../../src/broker/limits.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import { createMemoryStorage } from '../../../src/storage/memory/index.js';
import type { MessageLog, Storage } from '../../../src/storage/storage.js';
import { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import { ManualClock } from '../../support/manual-clock.js';

/** The storage, whose appends are answered when `answer` resolves: until then they are stored and nobody has been told. */
function answerLate(storage: Storage, stored: () => void, answer: Promise<void>): Storage {
  const { log } = storage;
  const append: MessageLog['append'] = async (items) => {
    const results = await log.append(items);
    stored();
    await answer;
    return results;
  };
  const late = new Proxy(log, {
    get: (target, name) => {
      if (name === 'append') return append;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  return { ...storage, log: late, capabilities: storage.capabilities, watch: (listener) => storage.watch(listener) };
}

it('a pattern delivers the first message of a subject that is subscribed to by name while it is being stored', async () => {
  const clock = new ManualClock();
  const memory = createMemoryStorage({ clock });
  let isStored = (): void => {};
  const stored = new Promise<void>((resolve) => (isStored = resolve));
  let letAnswer = (): void => {};
  const answer = new Promise<void>((resolve) => (letAnswer = resolve));
  const broker = new Broker({
    storage: answerLate(memory, isStored, answer),
    clock,
    limits: DEFAULT_BROKER_LIMITS,
    metrics: NO_BROKER_METRICS,
  });
  const subscribe = async (...subjects: string[]): Promise<CollectingSubscriber> => {
    const subscriber = new CollectingSubscriber();
    const options = { patterns: true, skipTruncated: false, stopAtHead: false, maxMessages: 0 };
    subscriber.subscription = broker.subscribe({ ...options, subjects, start: { kind: 'earliest' } }, subscriber);
    await subscriber.saw('caughtUp');
    return subscriber;
  };
  try {
    const byPattern = await subscribe('a.>');
    const message = { subject: 'a.b', body: Buffer.from('x'), headers: NO_HEADERS };
    const published = broker.publishMany([message]);
    await stored;
    const byName = await subscribe('a.b');
    letAnswer();
    await published;
    await broker.publishMany([message]);
    expect([byPattern.ids, byName.ids]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  } finally {
    await broker.close();
    await memory.close();
  }
});
