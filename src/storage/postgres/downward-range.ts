import { RangeReading } from './range-reading.js';

/** Reads downwards. */
export class DownwardRange extends RangeReading {
  protected nextId = Math.min(this.range.fromId, this.head.last_id);

  protected walk(): number {
    const { first_id: firstId } = this.head;
    const { rows, next } = this.readable(false);
    const goOn = (id: number): number => (id < firstId ? 0 : id);
    for (const row of rows) {
      const chunk = this.open(row);
      this.nextId = Math.min(this.nextId, chunk.lastId);
      for (; this.nextId >= Math.max(chunk.firstId, firstId); this.nextId -= 1) {
        if (!this.take(chunk.message(this.nextId))) {
          return this.messages.length === 0 ? this.range.fromId : this.nextId;
        }
        if (this.isFull) return goOn(this.nextId - 1);
      }
    }
    if (next !== undefined) return rows.length === 0 ? this.range.fromId : goOn(next.chunk_last_id);
    return rows.length === this.head.most ? goOn(this.nextId) : 0;
  }
}
