import { IdWalk } from './id-walk.js';
import type { Found } from './id-walk.js';
import { RangeReading } from './range-reading.js';
import type { ReadRow } from './read-statement.js';

/** Reads upwards; transient chunks lie beside the lasting ones and their ids between theirs. */
export class UpwardRange extends RangeReading {
  protected nextId = this.range.fromId;

  protected walk(): number {
    const lasting = this.readable(false);
    const passing = this.readable(true);
    // Beyond this id something may be that was not sent.
    const horizon = Math.min(this.#horizon(lasting), this.#horizon(passing), this.head.last_id);
    const { first_id: firstId } = this.head;
    const from = this.range.transient === true ? this.range.fromId : Math.max(this.range.fromId, firstId);
    if (horizon < from) return this.chunks.length === 0 ? this.head.last_id + 1 : this.range.fromId;
    this.nextId = from;
    const readers = [
      new IdWalk(lasting.rows, (row) => this.open(row), firstId),
      new IdWalk(passing.rows, (row) => this.open(row), 1),
    ];
    for (;;) {
      const [next, other] = readers.map((reader) => reader.nextFrom(this.nextId)) as [Found, Found];
      const nearest = next.id <= other.id ? next : other;
      if (nearest.id > horizon) return horizon + 1;
      this.nextId = nearest.id;
      if (!this.take(nearest.chunk?.message(nearest.id))) {
        return this.messages.length === 0 ? this.range.fromId : this.nextId;
      }
      this.nextId += 1;
      if (this.isFull) return this.nextId;
    }
  }

  #horizon({ rows, next }: { readonly rows: readonly ReadRow[]; readonly next: ReadRow | undefined }): number {
    if (next !== undefined) return next.chunk_first_id - 1;
    return rows.length === this.head.most ? (rows.at(-1) as ReadRow).chunk_last_id : Infinity;
  }
}
