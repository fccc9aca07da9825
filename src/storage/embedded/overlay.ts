import type { Range, Write } from './database.js';

/** A key as the name that an overlay knows it by: strings compare as their bytes do. */
export const nameOf = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

/**
 * Writes in the order of their keys, the last one of each key. Holds at most what a segment of the journal has room
 * for, so that adding a key may move all others: about 14,000, in microseconds.
 */
export class Overlay {
  readonly #writes = new Map<string, Write>();
  readonly #order: string[] = [];

  get isEmpty(): boolean {
    return this.#order.length === 0;
  }

  apply(writes: Iterable<Write>): void {
    for (const write of writes) {
      const name = nameOf(write[0]);
      if (!this.#writes.has(name)) this.#order.splice(this.#from(name), 0, name);
      this.#writes.set(name, write);
    }
  }

  get(name: string): Write | undefined {
    return this.#writes.get(name);
  }

  *writes(): Generator<Write, void, void> {
    for (const name of this.#order) yield this.#writes.get(name) as Write;
  }

  /** Whether there is a key in the range, removed ones included. */
  touches(range: Range): boolean {
    const [low, high] = this.#bounds(range);
    return low < high;
  }

  /** The writes in the range, in its direction. Nothing may be applied meanwhile. */
  *within(range: Range): Generator<Write, void, void> {
    const [low, high] = this.#bounds(range);
    const backwards = range.backwards === true;
    for (let step = 0; step < high - low; step += 1) {
      const name = this.#order[backwards ? high - 1 - step : low + step] as string;
      yield this.#writes.get(name) as Write;
    }
  }

  /** Indexes of the first key in the range and of the one behind its last. */
  #bounds({ start, end, backwards }: Range): readonly [low: number, high: number] {
    if (backwards !== true) return [this.#from(nameOf(start)), this.#from(nameOf(end))];
    return [this.#after(nameOf(end)), this.#after(nameOf(start))];
  }

  #after(name: string): number {
    const index = this.#from(name);
    return this.#order[index] === name ? index + 1 : index;
  }

  /** Index of the first key that is not below `name`. */
  #from(name: string): number {
    const order = this.#order;
    let low = 0;
    let high = order.length;
    if (high > 0 && (order[high - 1] as string) < name) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((order[middle] as string) < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
