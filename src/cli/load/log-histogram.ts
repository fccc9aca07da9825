/** Buckets per doubling: a value is known to within 1/64, 1.6 %. */
const SUB_BUCKETS = 64;
/** Values below this have a bucket each. */
const EXACT = 2 * SUB_BUCKETS;

/** Pairs of the least value of a bucket, in microseconds, and how many values it holds; ascending, none empty. */
export type Buckets = readonly (readonly [leastUs: number, count: number])[];

/**
 * Counts durations in buckets whose width grows with the value, as HDR histograms do: a few kilobytes hold everything
 * from a microsecond to hours at the same relative precision, and two can be added.
 */
export class LogHistogram {
  /** Counts by index; grows with the largest value. */
  readonly #counts: number[] = [];
  #count = 0;
  #sumUs = 0;
  #maxUs = 0;

  static of(buckets: Buckets): LogHistogram {
    const histogram = new LogHistogram();
    for (const [leastUs, count] of buckets) histogram.#add(leastUs, count);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  get maxUs(): number {
    return this.#maxUs;
  }

  /** 0 when there are no values. */
  get meanUs(): number {
    return this.#count === 0 ? 0 : this.#sumUs / this.#count;
  }

  get buckets(): Buckets {
    return this.#counts.flatMap((count, index) => (count > 0 ? [[leastOf(index), count] as const] : []));
  }

  /** Negative values, which clocks of several machines can make, count as 0. */
  record(us: number): void {
    this.#add(Math.max(0, Math.round(us)), 1);
  }

  /** The value that `rank` percent of all are not above, never more than the largest; 0 when there are no values. */
  percentileUs(rank: number): number {
    const wanted = Math.max(1, Math.ceil((rank / 100) * this.#count));
    let passed = 0;
    for (const [index, count = 0] of this.#counts.entries()) {
      passed += count;
      if (passed >= wanted) return Math.min(leastOf(index + 1) - 1, this.#maxUs);
    }
    return this.#maxUs;
  }

  #add(us: number, count: number): void {
    const index = indexOf(us);
    while (this.#counts.length <= index) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#count += count;
    this.#sumUs += us * count;
    this.#maxUs = Math.max(this.#maxUs, us);
  }
}

function indexOf(us: number): number {
  if (us < EXACT) return us;
  const doublings = Math.floor(Math.log2(us)) - Math.log2(SUB_BUCKETS);
  return doublings * SUB_BUCKETS + Math.floor(us / 2 ** doublings);
}

function leastOf(index: number): number {
  if (index < EXACT) return index;
  const doublings = Math.floor(index / SUB_BUCKETS) - 1;
  return (index - doublings * SUB_BUCKETS) * 2 ** doublings;
}
