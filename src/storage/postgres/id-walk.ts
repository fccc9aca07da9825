import type { Chunk } from '../chunk.js';
import type { ReadRow } from './read-statement.js';

export interface Found {
  readonly id: number;
  readonly chunk: Chunk | undefined;
}

/** Finds the ids with messages in chunks that follow each other. */
export class IdWalk {
  readonly #rows: readonly ReadRow[];
  readonly #open: (row: ReadRow) => Chunk;
  readonly #lowestId: number;
  #position = 0;
  #chunk: Chunk | undefined;

  constructor(rows: readonly ReadRow[], open: (row: ReadRow) => Chunk, lowestId: number) {
    this.#rows = rows;
    this.#open = open;
    this.#lowestId = lowestId;
  }

  /** The first id from `id` on that has a message, Infinity when there is none. */
  nextFrom(id: number): Found {
    let wanted = Math.max(id, this.#lowestId);
    for (; this.#position < this.#rows.length; this.#position += 1) {
      const row = this.#rows[this.#position] as ReadRow;
      if (row.chunk_last_id >= wanted) {
        this.#chunk ??= this.#open(row);
        wanted = Math.max(wanted, this.#chunk.firstId);
        for (; wanted <= this.#chunk.lastId; wanted += 1) {
          if (this.#chunk.has(wanted)) return { id: wanted, chunk: this.#chunk };
        }
      }
      this.#chunk = undefined;
    }
    return { id: Infinity, chunk: undefined };
  }
}
