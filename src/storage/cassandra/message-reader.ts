import type { types } from 'cassandra-driver';
import { Chunk } from '../chunk.js';
import { subjectIdentity } from '../subject-identity.js';
import { KIND } from './message-rows.js';
import { bytesAt, numberAt, uuidAt } from './row-values.js';
import type { Row } from './row-values.js';
import type { Session } from './session.js';
import type { SubjectStates } from './subject-states.js';
import type { KnownState } from './subject-states.js';

/** A chunk as it is stored. */
export interface StoredChunk {
  readonly firstId: number;
  readonly lastId: number;
  /** The batch that wrote it. */
  readonly batchId: types.Uuid | undefined;
  readonly row: Row;
}

/** What is counted of a chunk without reading its messages. */
export interface ChunkCount {
  readonly firstId: number;
  readonly lastId: number;
  readonly publishTimeUs: number;
  readonly expireTimeUs: number;
  readonly messages: number;
  readonly bytes: number;
}

export type ChunkKind = typeof KIND.chunk | typeof KIND.transient;

/** Asks for the chunks of one bucket. */
export class MessageReader {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #states: SubjectStates;
  readonly #statements: Readonly<Record<'up' | 'down' | 'at' | 'counts' | 'timeDown', string>>;

  constructor(session: Session, epoch: types.Uuid, states: SubjectStates) {
    this.#session = session;
    this.#epoch = epoch;
    this.#states = states;
    // A quorum read mends what it reads: whatever is read of a row is read as a whole.
    const columns = 'id, first_id, published, batch_id, chunk';
    const from = `FROM ${session.tables.messages} WHERE epoch = ? AND subject = ? AND bucket = ? AND kind = ?`;
    this.#statements = {
      up: `SELECT ${columns} ${from} AND id >= ? AND id <= ? LIMIT ?`,
      down: `SELECT ${columns} ${from} AND id < ? ORDER BY kind DESC, id DESC LIMIT ?`,
      at: `SELECT ${columns}, commit_id, head, state ${from} AND id >= ? LIMIT 1`,
      counts: `SELECT id, first_id, published, expires, messages, bytes ${from} AND id >= ? LIMIT ?`,
      timeDown: `SELECT id, published ${from} AND id <= ? ORDER BY kind DESC, id DESC LIMIT 1`,
    };
  }

  /** Chunks that end between `fromId` and `toId`, in order. */
  async up(
    subject: string,
    bucket: number,
    range: { readonly kind: ChunkKind; readonly fromId: number; readonly toId: number; readonly limit: number },
  ): Promise<readonly StoredChunk[]> {
    const { kind, fromId, toId, limit } = range;
    return (await this.#read(this.#statements.up, subject, bucket, kind, fromId, toId, limit)).map(storedChunk);
  }

  /** Chunks that end below `beforeId`, downwards. */
  async down(subject: string, bucket: number, beforeId: number, limit: number): Promise<readonly StoredChunk[]> {
    return (await this.#read(this.#statements.down, subject, bucket, KIND.chunk, beforeId, limit)).map(storedChunk);
  }

  /** The first chunk that ends at `id` or above, and the state of the bucket at that moment. */
  async at(
    subject: string,
    bucket: number,
    id: number,
  ): Promise<{ readonly chunk: StoredChunk; readonly known: KnownState } | undefined> {
    const [row] = await this.#read(this.#statements.at, subject, bucket, KIND.chunk, id);
    const known = row === undefined ? undefined : this.#states.fromRow(subject, bucket, row);
    return row === undefined || known === undefined ? undefined : { chunk: storedChunk(row), known };
  }

  /** Counts of the chunks that end at `fromId` or above. The subject must be settled. */
  async counts(subject: string, bucket: number, fromId: number, limit: number): Promise<readonly ChunkCount[]> {
    const rows = await this.#read(this.#statements.counts, subject, bucket, KIND.chunk, fromId, limit);
    return rows.map((row) => ({
      firstId: numberAt(row, 'first_id') ?? 0,
      lastId: numberAt(row, 'id') ?? 0,
      publishTimeUs: numberAt(row, 'published') ?? 0,
      expireTimeUs: numberAt(row, 'expires') ?? 0,
      messages: numberAt(row, 'messages') ?? 0,
      bytes: numberAt(row, 'bytes') ?? 0,
    }));
  }

  /** The last chunk that ends at `id` or below. The subject must be settled. */
  async timeAt(
    subject: string,
    bucket: number,
    id: number,
  ): Promise<{ readonly lastId: number; readonly publishTimeUs: number } | undefined> {
    const [row] = await this.#read(this.#statements.timeDown, subject, bucket, KIND.chunk, id);
    if (row === undefined) return undefined;
    return { lastId: numberAt(row, 'id') ?? 0, publishTimeUs: numberAt(row, 'published') ?? 0 };
  }

  /** @throws BrokerError DATA_LOSS */
  open(subject: string, { row, firstId }: StoredChunk): Chunk {
    const value = bytesAt(row, 'chunk') ?? Buffer.alloc(0);
    const place = { firstId, publishTimeUs: numberAt(row, 'published') ?? 0 };
    return Chunk.openRelative(value, { subject, identity: subjectIdentity(subject) }, place);
  }

  #read(query: string, subject: string, bucket: number, ...rest: readonly unknown[]): Promise<readonly Row[]> {
    return this.#session.read(query, [this.#epoch, subject, bucket, ...rest]);
  }
}

function storedChunk(row: Row): StoredChunk {
  return {
    firstId: numberAt(row, 'first_id') ?? 0,
    lastId: numberAt(row, 'id') ?? 0,
    batchId: uuidAt(row, 'batch_id'),
    row,
  };
}
