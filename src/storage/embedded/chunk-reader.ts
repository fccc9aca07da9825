import type { Message } from '../../core/message.js';
import { Chunk } from '../chunk.js';
import type { Database, Entry } from './database.js';
import { chunkKey, readKeyNumber } from './keys.js';
import type { SubjectState } from './subject-state.js';

/** Offset of the first id in a chunk's key. */
const ID_OFFSET = 9;

/** Finds the chunks of a subject. Generators read while they run: finish with them before awaiting anything. */
export class ChunkReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One message, expired or not, out of a chunk that may hold thousands; it is a copy of its own. */
  message(subject: string, state: SubjectState, id: number): Message | undefined {
    const start = chunkKey(state.number, id);
    const key = this.#database.firstKey({ start, end: chunkKey(state.number, 0), backwards: true });
    if (key === undefined) return undefined;
    return this.#database.look(key, (value) => {
      const message = this.#open(subject, state, { key, value }).message(id);
      return message === undefined ? undefined : { ...message, body: Buffer.from(message.body) };
    });
  }

  /** The chunk whose ids include `id`. */
  at(subject: string, state: SubjectState, id: number): Chunk | undefined {
    const chunk = this.#atOrBelow(subject, state, id);
    return chunk !== undefined && chunk.lastId >= id ? chunk : undefined;
  }

  /** Chunks with ids from `fromId` on, in id order. */
  *upwards(subject: string, state: SubjectState, fromId: number): Generator<Chunk, void, void> {
    if (fromId > state.lastId) return;
    const first = this.at(subject, state, fromId);
    if (first !== undefined) yield first;
    const start = chunkKey(state.number, (first?.lastId ?? fromId - 1) + 1);
    const end = chunkKey(state.number, state.lastId + 1);
    for (const entry of this.#database.entries({ start, end })) yield this.#open(subject, state, entry);
  }

  /** Chunks with ids up to `fromId`, in reverse id order. */
  *downwards(subject: string, state: SubjectState, fromId: number): Generator<Chunk, void, void> {
    const start = chunkKey(state.number, fromId);
    const end = chunkKey(state.number, 0);
    for (const entry of this.#database.entries({ start, end, backwards: true })) {
      yield this.#open(subject, state, entry);
    }
  }

  /**
   * The smallest id from `firstId` on whose publish time may be `timeUs` or later, `lastId + 1` when there is none. An
   * id without a message counts with the chunk that follows.
   */
  firstIdAt(subject: string, state: SubjectState, timeUs: number): number {
    // Chunks that begin below `low` were published before; one that begins at `high` or later was not.
    let low = state.firstId;
    let high = state.lastId + 1;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      const chunk = this.#atOrBelow(subject, state, middle);
      if (chunk === undefined || chunk.publishTimeUs < timeUs) low = middle + 1;
      else high = Math.max(low, Math.min(middle, chunk.firstId));
    }
    const before = low > state.firstId ? this.#atOrBelow(subject, state, low - 1) : undefined;
    return Math.max(state.firstId, (before?.lastId ?? 0) + 1);
  }

  #atOrBelow(subject: string, state: SubjectState, id: number): Chunk | undefined {
    const start = chunkKey(state.number, id);
    const end = chunkKey(state.number, 0);
    const entry = this.#database.first({ start, end, backwards: true });
    return entry === undefined ? undefined : this.#open(subject, state, entry);
  }

  #open(subject: string, state: SubjectState, { key, value }: Entry): Chunk {
    return Chunk.open(value, { subject, identity: state.number, firstId: readKeyNumber(key, ID_OFFSET) });
  }
}
