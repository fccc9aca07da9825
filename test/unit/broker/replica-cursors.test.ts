import fc from 'fast-check';
import { DEFAULT_POLL_INTERVAL_MS } from '../../../src/broker/remote-writes.js';
import type { CollectingSubscriber } from '../../support/collecting-subscriber.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { SharedMemory } from '../../support/shared-memory.js';
import { turns } from '../../support/turns.js';

const SUBJECTS = ['a.1', 'a.2', 'a.3', 'b.1'];

/** Sooner than this everything that is stored and visible has been delivered, or it never will. */
const MAX_INTERVALS = 60;

/**
 * A subscription by pattern that is moved between two brokers by its cursor while both write, commits become visible out
 * of order, hints are lost and the storage goes away.
 */
class Journey {
  readonly clock = new ManualClock();
  readonly shared = new SharedMemory(this.clock);
  readonly brokers: readonly MemoryBroker[];
  readonly written = new Map<string, number>();
  readonly seen: string[] = [];
  #publishes: Promise<void>[] = [];
  #subscriber: CollectingSubscriber;
  #taken = 0;

  constructor() {
    this.brokers = [0, 1].map(
      () => new MemoryBroker({ feedMaxMessages: 8 }, { clock: this.clock, storage: this.shared.connect() }),
    );
    // A neighbour, whose feeds are open already when the traveller comes.
    this.brokers[0]!.subscribe({ subjects: ['a.1', 'a.2'], start: { kind: 'new' } });
    this.#subscriber = this.#subscribe(0, { kind: 'earliest' });
  }

  publish(broker: number, subject: string, count: number): void {
    const bodies = Array.from({ length: count }, () => 'x');
    const note = async (): Promise<void> => {
      // Refused while the storage is away.
      const ids = await this.brokers[broker]!.publish(subject, ...bodies).catch(() => []);
      for (const id of ids) this.written.set(subject, Math.max(id, this.written.get(subject) ?? 0));
    };
    this.#publishes.push(note());
  }

  async move(broker: number, lostCursors: number): Promise<void> {
    if (!this.#subscriber.events.some(({ kind }) => kind === 'confirmed')) return;
    // As a client does that has lost the connection: what came after the last cursor that it knows has not come.
    const { cursors } = this.#subscriber;
    const { cursor, delivered } = cursors[Math.max(0, cursors.length - 1 - lostCursors)]!;
    this.#note(delivered);
    this.#subscriber.subscription!.cancel();
    this.#subscriber = this.#subscribe(broker, { kind: 'cursor', cursor });
    await turns();
  }

  take(count: number): void {
    this.#subscriber.take(count);
  }

  async pass(intervals: number): Promise<void> {
    for (let i = 0; i < intervals; i++) {
      this.clock.advance(DEFAULT_POLL_INTERVAL_MS);
      await turns();
    }
  }

  /** Everything goes well from here on; answers when all that was written has been delivered, or never will be. */
  async finish(): Promise<void> {
    this.shared.away = false;
    this.shared.holding = false;
    for (const held of [...this.shared.held]) held.release();
    await Promise.all(this.#publishes);
    this.take(1_000_000);
    const total = [...this.written.entries()].reduce((sum, [subject, id]) => sum + (subject === 'b.1' ? 0 : id), 0);
    for (let i = 0; i < MAX_INTERVALS; i++) {
      if (this.seen.length + this.#subscriber.messages.length - this.#taken >= total) break;
      await this.pass(1);
    }
    this.#note();
    if (this.#subscriber.error !== undefined) throw this.#subscriber.error;
  }

  async close(): Promise<void> {
    this.#subscriber.subscription!.cancel();
    for (const broker of this.brokers) await broker.close();
    await this.shared.close();
  }

  #note(delivered = this.#subscriber.messages.length): void {
    const messages = this.#subscriber.messages.slice(this.#taken, delivered);
    for (const { subject, id } of messages) this.seen.push(`${subject}/${id}`);
    this.#taken = delivered;
  }

  #subscribe(broker: number, start: { kind: 'earliest' } | { kind: 'cursor'; cursor: string }): CollectingSubscriber {
    this.#taken = 0;
    return this.brokers[broker]!.subscribe({ subjects: ['a.*'], start }, 5);
  }
}

describe('the cursor of a subscription by pattern, with several brokers', () => {
  it('never skips a message and never repeats one, whoever writes and in whatever order it becomes visible', async () => {
    const broker = fc.nat(1);
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('publish' as const),
          broker,
          subject: fc.nat(SUBJECTS.length - 1),
          count: fc.integer({ min: 1, max: 12 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 30 }) }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('pass' as const), intervals: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), broker, lostCursors: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), index: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('hold' as const), holding: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('silence' as const), silent: fc.boolean() }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('away' as const), intervals: fc.integer({ min: 1, max: 8 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.constantFrom(0, 0, 600_000),
        async (steps, lagUs) => {
          const journey = new Journey();
          const { shared } = journey;
          shared.lagUs = lagUs;
          try {
            await turns();
            for (const one of steps) {
              switch (one.do) {
                case 'publish':
                  journey.publish(one.broker, SUBJECTS[one.subject]!, one.count);
                  await turns(2);
                  break;
                case 'take':
                  journey.take(one.count);
                  await turns(2);
                  break;
                case 'pass':
                  await journey.pass(one.intervals);
                  break;
                case 'move':
                  await journey.move(one.broker, one.lostCursors);
                  break;
                case 'release':
                  shared.held[one.index]?.release();
                  await turns(1);
                  break;
                case 'turns':
                  await turns(one.count);
                  break;
                case 'hold':
                  shared.holding = one.holding;
                  break;
                case 'silence':
                  shared.silent = one.silent;
                  break;
                case 'away':
                  shared.away = true;
                  await journey.pass(one.intervals);
                  shared.away = false;
                  break;
              }
            }
            await journey.finish();
            const perSubject = new Map<string, number[]>();
            for (const line of journey.seen) {
              const [subject, id] = line.split('/') as [string, string];
              perSubject.set(subject, [...(perSubject.get(subject) ?? []), Number(id)]);
            }
            const expected = [...journey.written]
              .filter(([subject]) => subject !== 'b.1')
              .map(([subject, last]) => [subject, Array.from({ length: last }, (_, i) => i + 1)] as const);
            expect(perSubject).toEqual(new Map(expected));
          } finally {
            await journey.close();
          }
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
