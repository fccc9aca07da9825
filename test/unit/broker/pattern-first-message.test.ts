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
  return { ...storage, log: late, nowUs: () => storage.nowUs(), watch: (listener) => storage.watch(listener) };
}

/** A broker whose appends are held up between being stored and being answered, until `letAnswer` is called. */
class LateBroker {
  readonly #memory: Storage;
  readonly #broker: Broker;
  readonly stored: Promise<void>;
  letAnswer = (): void => {};

  constructor() {
    const clock = new ManualClock();
    this.#memory = createMemoryStorage({ clock });
    let isStored = (): void => {};
    this.stored = new Promise((resolve) => (isStored = resolve));
    const answer = new Promise<void>((resolve) => (this.letAnswer = resolve));
    const storage = answerLate(this.#memory, () => isStored(), answer);
    this.#broker = new Broker({ storage, clock, limits: DEFAULT_BROKER_LIMITS, metrics: NO_BROKER_METRICS });
  }

  async publish(subject: string): Promise<void> {
    await this.#broker.publishMany([{ subject, body: Buffer.from('x'), headers: NO_HEADERS }]);
  }

  /** Resolves when it is caught up. */
  async subscribe(subject: string): Promise<CollectingSubscriber> {
    const subscriber = new CollectingSubscriber();
    const options = { patterns: true, skipTruncated: false, stopAtHead: false, maxMessages: 0 };
    const request = { ...options, subjects: [subject], start: { kind: 'earliest' } } as const;
    subscriber.subscription = this.#broker.subscribe(request, subscriber);
    await subscriber.saw('caughtUp');
    return subscriber;
  }

  async close(): Promise<void> {
    await this.#broker.close();
    await this.#memory.close();
  }
}

describe('a pattern, while the first message of a subject is stored and not yet dispatched', () => {
  let broker: LateBroker;

  beforeEach(() => {
    broker = new LateBroker();
  });

  afterEach(() => broker.close());

  it('delivers it although the subject is opened by name meanwhile', async () => {
    const byPattern = await broker.subscribe('a.>');
    const published = broker.publish('a.b');
    await broker.stored;
    const byName = await broker.subscribe('a.b');
    broker.letAnswer();
    await published;
    await broker.publish('a.b');
    expect([byPattern.ids, byName.ids]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('delivers it once to a subscription that reads it from the log', async () => {
    const published = broker.publish('a.b');
    await broker.stored;
    const byPattern = await broker.subscribe('a.>');
    broker.letAnswer();
    await published;
    await broker.publish('a.b');
    expect(byPattern.ids).toEqual([1, 2]);
  });
});
