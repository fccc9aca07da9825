/**
 * What `src/streams/streams.ts` promises, on a storage and with two brokers on it: on a shared storage two that opened
 * it, otherwise two over one handle, which contend for the same records.
 */
import { requireBackend } from '../../support/backends.js';
import type { StorageHarness } from '../storage/index.js';
import { withEnoughTime } from '../storage/observed-time.js';
import type { Storage } from '../../../src/storage/storage.js';
import type { Clock } from '../../../src/core/clock.js';
import { systemClock } from '../../../src/core/clock.js';
import { catalogCases } from './catalog.js';
import { eventCases } from './events.js';
import { leaseCases } from './leases.js';
import { markCases } from './marks.js';
import { removalCases } from './removal.js';
import { Replica } from './replicas.js';

export interface StreamsContext {
  readonly harness: StorageHarness;
  readonly one: Replica;
  readonly other: Replica;
  /** Both again, over the storage opened anew where it keeps its data. */
  restart(): Promise<void>;
}

export interface StreamsCase {
  readonly title: string;
  run(context: StreamsContext): Promise<void>;
}

const GROUPS = {
  catalog: catalogCases,
  events: eventCases,
  marks: markCases,
  leases: leaseCases,
  removal: removalCases,
};

/** Time as the storage sees it, with timers that fire: what waits for a rival must not wait for the test. */
function clockOf({ time }: StorageHarness): Clock {
  const { nowUs } = time;
  return nowUs === undefined ? systemClock : { ...systemClock, nowUs };
}

class Pair implements StreamsContext {
  readonly #opened: Storage[] = [];
  one!: Replica;
  other!: Replica;

  constructor(
    readonly harness: StorageHarness,
    readonly namespace: string,
  ) {}

  async open(): Promise<void> {
    const { harness, namespace } = this;
    const storage = await harness.open(namespace);
    this.#opened.push(storage);
    const peer = harness.capabilities.shared ? await harness.open(namespace) : storage;
    if (peer !== storage) this.#opened.push(peer);
    this.one = new Replica(storage, clockOf(harness));
    this.other = new Replica(peer, clockOf(harness));
  }

  async restart(): Promise<void> {
    await this.close();
    await this.open();
  }

  async close(): Promise<void> {
    await this.one.broker.close();
    await this.other.broker.close();
    for (const storage of this.#opened.splice(0)) await storage.close();
  }
}

/** @param required `requireBackendAndTime` where it takes a minute or more */
export function describeStreams(harness: StorageHarness, required = requireBackend): void {
  const backend = harness.backend ?? harness.name;
  required(backend, harness.unavailable())(`streams on ${backend}`, () => {
    let number = 0;
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const { title, run } of cases) {
          test(title, () =>
            withEnoughTime(harness, async (timed) => {
              const namespace = `streams_${group}_${number++}`;
              await harness.destroy(namespace);
              const pair = new Pair(timed, namespace);
              await pair.open();
              try {
                await run(pair);
              } finally {
                await pair.close();
              }
              await harness.destroy(namespace);
            }),
          );
        }
      });
    }
  });
}
