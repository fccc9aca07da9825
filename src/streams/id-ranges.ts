import type { IdRange } from './status-index.js';

/** `ranges` without the ids of `taken`; both in order and disjoint. */
export function subtract(ranges: readonly IdRange[], taken: readonly IdRange[]): readonly IdRange[] {
  const rest: IdRange[] = [];
  let next = 0;
  for (const { first, last } of ranges) {
    let from = first;
    while (next < taken.length && taken[next]!.last < from) next++;
    for (let i = next; i < taken.length && taken[i]!.first <= last && from <= last; i++) {
      const hole = taken[i]!;
      if (hole.first > from) rest.push({ first: from, last: hole.first - 1 });
      from = Math.max(from, hole.last + 1);
    }
    if (from <= last) rest.push({ first: from, last });
  }
  return rest;
}

/** Ids in order as the fewest ranges. */
export function toRanges(ids: readonly number[]): readonly IdRange[] {
  const ranges: IdRange[] = [];
  for (let i = 0; i < ids.length;) {
    const first = ids[i]!;
    let last = first;
    while (ids[++i] === last + 1) last++;
    ranges.push({ first, last });
  }
  return ranges;
}

/** Any ranges, in any order and overlapping, as disjoint ones in order. */
export function union(ranges: readonly IdRange[]): readonly IdRange[] {
  const joined: IdRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push(range);
    else if (range.last > before.last) joined[joined.length - 1] = { first: before.first, last: range.last };
  }
  return joined;
}

export function includes(ranges: readonly IdRange[], id: number): boolean {
  return ranges.some(({ first, last }) => first <= id && id <= last);
}
