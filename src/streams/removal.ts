import { BrokerError } from '../core/errors.js';
import { NO_HEADERS } from '../core/message.js';
import type { Storage } from '../storage/storage.js';
import type { Catalog, CatalogEntry } from './catalog.js';
import { CATALOG, CLOSED, partitionOf, REMOVALS } from './stream-keys.js';
import { readStreamRecord } from './stream-record.js';
import { streamFence } from './stream-fence.js';

/** Records removed by one commit. */
const STEP = 512;

/** How long marks of a removed stream are refused: much longer than any call takes that found the stream before. */
const CLOSED_US = 3600 * 1_000_000;

const NOTHING = Buffer.alloc(0);

/**
 * Removes what a stream has left. Every step may be repeated and may be done by several processes at once, so a removal
 * that was cut short is simply begun again. The name becomes free last: a new stream of this name never sees the old
 * one's events, because their subject has been purged, nor gets late ones, because the fence refuses writers that hold the
 * old stream.
 */
export class Removal {
  readonly #storage: Pick<Storage, 'log' | 'records'>;
  readonly #catalog: Catalog;

  constructor(storage: Pick<Storage, 'log' | 'records'>, catalog: Catalog) {
    this.#storage = storage;
    this.#catalog = catalog;
  }

  /** Finishes a removal that the catalog knows of. */
  async finish(entry: CatalogEntry): Promise<void> {
    const { stream } = entry;
    const { log } = this.#storage;
    const [closing] = await log.append([
      {
        subject: stream.subject,
        body: NOTHING,
        headers: NO_HEADERS,
        ttlUs: 0,
        transient: true,
        fence: streamFence(entry.version),
      },
    ]);
    if (closing instanceof BrokerError) {
      // A later stream of this name has events already, so somebody else has finished this.
      if (closing.reason === 'FENCE_STALE') return;
      throw closing;
    }
    await log.purge(stream.subject, { beforeId: closing!.id + 1, dryRun: false });
    await this.#removeRecords(partitionOf(stream.id));
    await this.#catalog.forget(entry);
  }

  /** Finishes what a process that is gone has begun, and answers how many streams that were. */
  async finishAll(): Promise<number> {
    let finished = 0;
    for (;;) {
      const records = await this.#storage.records.scan(CATALOG, { ...REMOVALS, limit: STEP });
      for (const { key, value, version } of records) {
        const { stream } = readStreamRecord(value);
        const entry = await this.#catalog.lookUp(stream.name);
        if (entry?.stream.id === stream.id) await this.finish(entry);
        else await this.#storage.records.commit(CATALOG, { conditions: [{ key, version }], deletes: [key] });
        finished += 1;
      }
      if (records.length < STEP) return finished;
    }
  }

  async #removeRecords(partition: string): Promise<void> {
    const { records } = this.#storage;
    await records.commit(partition, { puts: [{ key: CLOSED, value: NOTHING, ttlUs: CLOSED_US }] });
    for (;;) {
      const found = await records.scan(partition, { from: ' ', to: '', limit: STEP });
      const deletes = found.map(({ key }) => key).filter((key) => key !== CLOSED);
      if (deletes.length === 0) return;
      await records.commit(partition, { deletes });
    }
  }
}
