import { compareUtf8 } from '../utf8-order.js';

/** Most keys of one block; inserting moves at most these. */
const BLOCK_KEYS = 512;

/** A set of keys in the order of their UTF-8 bytes, held as a list of sorted blocks of bounded size. */
export class SortedKeys {
  readonly #blocks: string[][] = [];

  /** Adds a key that is not there yet. */
  add(key: string): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([key]);
      return;
    }
    block.splice(lowerBound(block, key), 0, key);
    if (block.length > BLOCK_KEYS) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_KEYS / 2));
  }

  /** Removes a key that is there. */
  delete(key: string): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) return;
    const index = lowerBound(block, key);
    if (block[index] !== key) return;
    block.splice(index, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  clear(): void {
    this.#blocks.length = 0;
  }

  /** Keys from `from` on, upwards. The set must not change meanwhile. */
  *upwards(from: string): Generator<string, undefined> {
    let at = this.#blockOf(from);
    const first = this.#blocks[at];
    let index = first === undefined ? 0 : lowerBound(first, from);
    for (; at < this.#blocks.length; at += 1, index = 0) {
      const block = this.#blocks[at] as string[];
      for (; index < block.length; index += 1) yield block[index] as string;
    }
  }

  /** Keys below `before`, downwards; all keys when it is undefined. The set must not change meanwhile. */
  *downwards(before: string | undefined): Generator<string, undefined> {
    let at = before === undefined ? this.#blocks.length - 1 : this.#blockOf(before);
    let last = this.#blocks[at];
    let index = last === undefined ? 0 : before === undefined ? last.length : lowerBound(last, before);
    while (last !== undefined) {
      while (index > 0) yield last[(index -= 1)] as string;
      last = this.#blocks[(at -= 1)];
      index = last?.length ?? 0;
    }
  }

  /** The block that holds `key` or would: the last one that does not begin above it. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8((this.#blocks[middle] as string[])[0] as string, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Index of the first key that is not below `key`. */
function lowerBound(block: readonly string[], key: string): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(block[middle] as string, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
