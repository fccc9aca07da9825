/** Something that ends at a time. */
export interface Expiring {
  readonly expireTimeUs: number;
  /** Set by the queue: it is gone already and only waits to leave the queue. */
  removed: boolean;
  /** Gives back what it occupies and answers how many messages, keys or records that were. */
  release(): number;
}

/** Removed entries that may stay in the queue however few others there are. */
const MIN_REMOVED = 1024;

/** What expires next comes first: a binary heap that is cleared of removed entries when they are most of it. */
export class ExpiryQueue {
  #heap: Expiring[] = [];
  #removed = 0;

  push(entry: Expiring): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Expiring;
      if (parent.expireTimeUs <= entry.expireTimeUs) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  /** Takes out an entry that was removed before its time; does not release it. */
  remove(entry: Expiring): void {
    if (entry.removed) return;
    entry.removed = true;
    this.#removed += 1;
    if (this.#removed < MIN_REMOVED || this.#removed < this.#heap.length / 2) return;
    const kept = this.#heap.filter((each) => !each.removed);
    // A sorted array is a heap.
    this.#heap = kept.sort((a, b) => a.expireTimeUs - b.expireTimeUs);
    this.#removed = 0;
  }

  /** Releases what has expired until that was at least `most` messages, keys and records; true when more has expired. */
  releaseExpired(nowUs: number, most: number): boolean {
    let released = 0;
    while (released < most) {
      const entry = this.#nextExpired(nowUs);
      if (entry === undefined) return false;
      this.#dropTop();
      entry.removed = true;
      released += entry.release();
    }
    return this.#nextExpired(nowUs) !== undefined;
  }

  clear(): void {
    this.#heap = [];
    this.#removed = 0;
  }

  #nextExpired(nowUs: number): Expiring | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (!top.removed) return top.expireTimeUs <= nowUs ? top : undefined;
      this.#dropTop();
      this.#removed -= 1;
    }
    return undefined;
  }

  #dropTop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Expiring;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right !== undefined && right.expireTimeUs < (heap[below] as Expiring).expireTimeUs) below += 1;
      const child = heap[below] as Expiring;
      if (child.expireTimeUs >= last.expireTimeUs) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}
