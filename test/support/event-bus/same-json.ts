/** A pair of values that have to be equal. */
type Pair = readonly [unknown, unknown];

/**
 * Whether two values of `JSON.parse` are equal, however deep they are nested: comparing them by calls within calls, as
 * `toEqual` does, needs more stack than there is.
 */
export function sameJson(one: unknown, other: unknown): boolean {
  const pairs: Pair[] = [[one, other]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const inner = innerPairs(pair);
    if (inner === undefined) return false;
    for (const innerPair of inner) pairs.push(innerPair);
  }
  return true;
}

/** What has to be equal inside of two values, or undefined when they differ already. */
function innerPairs([one, other]: Pair): readonly Pair[] | undefined {
  if (Object.is(one, other)) return [];
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return undefined;
  if (Array.isArray(one) !== Array.isArray(other)) return undefined;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return undefined;
  const pairs: Pair[] = [];
  for (const name of names) {
    if (!Object.hasOwn(other, name)) return undefined;
    pairs.push([(one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]]);
  }
  return pairs;
}
