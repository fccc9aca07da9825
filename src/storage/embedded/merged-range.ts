import { NO_VALUE } from './append.js';
import type { Database, Entry, Range, Write } from './database.js';
import type { Overlay } from './overlay.js';

/** The entries of a range of the database with layers over it, the newest of which comes first. */
export function mergedEntries(layers: readonly Overlay[], below: Database, range: Range): Generator<Entry, void, void> {
  const touching = layers.filter((layer) => layer.touches(range));
  return touching.length === 0 ? below.entries(range) : visible(overlaid(touching, entryWrites(below, range), range));
}

/** The keys of such a range. */
export function* mergedKeys(layers: readonly Overlay[], below: Database, range: Range): Generator<Buffer, void, void> {
  const touching = layers.filter((layer) => layer.touches(range));
  if (touching.length === 0) yield* below.keys(range);
  else for (const { key } of visible(overlaid(touching, keyWrites(below, range), range))) yield key;
}

function overlaid(layers: readonly Overlay[], below: Walk, range: Range): Walk {
  return layers.reduceRight((walk, layer) => merge(layer.within(range), walk, range.backwards === true), below);
}

type Walk = Generator<Write, void, void>;

function* entryWrites(database: Database, range: Range): Walk {
  for (const { key, value } of database.entries(range)) yield [key, value];
}

function* keyWrites(database: Database, range: Range): Walk {
  for (const key of database.keys(range)) yield [key, NO_VALUE];
}

/** Without what is removed. */
function* visible(walk: Walk): Generator<Entry, void, void> {
  for (const [key, value] of walk) if (value !== undefined) yield { key, value };
}

/** Walks two ordered walks as one, in their direction; of a key that both have, the upper one's write counts. */
export function* merge(upper: Walk, lower: Walk, backwards: boolean): Walk {
  try {
    let above = upper.next();
    let below = lower.next();
    while (above.done !== true && below.done !== true) {
      const compared = Buffer.compare(above.value[0], below.value[0]);
      const order = backwards ? -compared : compared;
      if (order > 0) {
        yield below.value;
        below = lower.next();
        continue;
      }
      yield above.value;
      if (order === 0) below = lower.next();
      above = upper.next();
    }
    for (; above.done !== true; above = upper.next()) yield above.value;
    for (; below.done !== true; below = lower.next()) yield below.value;
  } finally {
    // Who stops early leaves a cursor of the database open otherwise.
    upper.return();
    lower.return();
  }
}
