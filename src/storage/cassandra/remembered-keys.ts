import type { types } from 'cassandra-driver';
import { KIND } from './message-rows.js';
import type { KeyRow } from './message-rows.js';
import { bytesAt, numberAt, textAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';
import type { KnownState, SubjectStates } from './subject-states.js';

/** Keys that one request asks for. */
const MAX_KEYS = 200;

/** Finds idempotency keys. Those of sealed buckets stay where they are and are looked for as long as one may be left. */
export class RememberedKeys {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #states: SubjectStates;
  readonly #select: string;

  constructor(session: Session, epoch: types.Uuid, states: SubjectStates) {
    this.#session = session;
    this.#epoch = epoch;
    this.#states = states;
    this.#select =
      `SELECT name, first_id, published, expires, digest, until FROM ${session.tables.messages} ` +
      `WHERE epoch = ? AND subject = ? AND bucket = ? AND kind = ${KIND.key} AND id = 0 AND name IN ?`;
  }

  /**
   * Those of `keys` that have not been forgotten. `known` must be settled: then all that its batches remember is found,
   * and what a later batch remembers makes a batch fail that asks for `known`.
   */
  async find(
    subject: string,
    known: KnownState,
    keys: readonly string[],
    nowUs: number,
  ): Promise<ReadonlyMap<string, KeyRow>> {
    const found = new Map<string, KeyRow>();
    if (keys.length === 0 || known.commitId === null) return found;
    let { keysUntilUs, olderKeysUntilUs } = known.state;
    for (let { bucket } = known; ;) {
      if (keysUntilUs > nowUs) await this.#findIn(subject, bucket, keys, nowUs, found);
      if (olderKeysUntilUs <= nowUs || bucket === 0) return found;
      bucket -= 1;
      const older = await this.#states.inBucket(subject, bucket);
      if (older === undefined) return found;
      ({ keysUntilUs, olderKeysUntilUs } = older.state);
    }
  }

  async #findIn(
    subject: string,
    bucket: number,
    keys: readonly string[],
    nowUs: number,
    found: Map<string, KeyRow>,
  ): Promise<void> {
    for (let from = 0; from < keys.length; from += MAX_KEYS) {
      const names = keys.slice(from, from + MAX_KEYS);
      for (const row of await this.#session.read(this.#select, [this.#epoch, subject, bucket, names])) {
        const key = keyRow(row);
        if (key.untilUs > nowUs && !found.has(key.key)) found.set(key.key, key);
      }
    }
  }
}

function keyRow(row: Row): KeyRow {
  return {
    key: textAt(row, 'name'),
    digest: bytesAt(row, 'digest') ?? Buffer.alloc(0),
    untilUs: numberAt(row, 'until') ?? 0,
    id: numberAt(row, 'first_id') ?? 0,
    publishTimeUs: numberAt(row, 'published') ?? 0,
    expireTimeUs: numberAt(row, 'expires') ?? 0,
  };
}
