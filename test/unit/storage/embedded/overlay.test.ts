import fc from 'fast-check';
import type { Write } from '../../../../src/storage/embedded/database.js';
import { merge } from '../../../../src/storage/embedded/merged-range.js';
import { nameOf, Overlay } from '../../../../src/storage/embedded/overlay.js';

// Few different bytes, the extremes among them, so that keys meet and begin alike.
const key = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 3 }).map(Buffer.from);
const value = fc.option(
  fc.integer({ min: 0, max: 99 }).map((number) => Buffer.from([number])),
  { nil: undefined },
);
const writes: fc.Arbitrary<Write[]> = fc.array(fc.tuple(key, value), { maxLength: 30 });

const text = ([bytes, content]: Write): string => `${bytes.toString('hex')}=${content?.toString('hex') ?? '-'}`;

/** The last write of each key, in the order of the keys. */
function plain(...layers: readonly (readonly Write[])[]): readonly Write[] {
  const last = new Map(layers.flat().map((write) => [write[0].toString('hex'), write]));
  return [...last.values()].toSorted((a, b) => Buffer.compare(a[0], b[0]));
}

function inRange(all: readonly Write[], start: Buffer, end: Buffer, backwards: boolean): string[] {
  const found = all.filter(([bytes]) => {
    const [fromStart, fromEnd] = [Buffer.compare(bytes, start), Buffer.compare(bytes, end)];
    return backwards ? fromStart <= 0 && fromEnd > 0 : fromStart >= 0 && fromEnd < 0;
  });
  return (backwards ? found.toReversed() : found).map(text);
}

function overlayOf(all: readonly Write[]): Overlay {
  const overlay = new Overlay();
  overlay.apply(all);
  return overlay;
}

test('holds the last write of each key, in every range and both directions', () => {
  fc.assert(
    fc.property(writes, key, key, fc.boolean(), (applied, start, end, backwards) => {
      const overlay = overlayOf(applied);
      const wanted = inRange(plain(applied), start, end, backwards);
      const range = { start, end, backwards };
      expect([...overlay.within(range)].map(text)).toEqual(wanted);
      expect(overlay.touches(range)).toBe(wanted.length > 0);
      expect([...overlay.writes()].map(text)).toEqual(plain(applied).map(text));
      expect(overlay.isEmpty).toBe(applied.length === 0);
      for (const [bytes] of applied) {
        const found = overlay.get(nameOf(bytes));
        expect(found).toBe(applied.findLast(([other]) => other.equals(bytes)));
      }
    }),
    { numRuns: 500 },
  );
});

test('merges as if everything had been written in one place', () => {
  fc.assert(
    fc.property(writes, writes, key, key, fc.boolean(), (older, newer, start, end, backwards) => {
      const range = { start, end, backwards };
      const walk = merge(overlayOf(newer).within(range), overlayOf(older).within(range), backwards);
      expect([...walk].map(text)).toEqual(inRange(plain(older, newer), start, end, backwards));
    }),
    { numRuns: 500 },
  );
});

test('ends the walks below it when its own is left early', () => {
  const ended: string[] = [];
  function* walk(name: string): Generator<Write, void, void> {
    try {
      for (let byte = 0; byte < 9; byte += 1) yield [Buffer.from([byte]), undefined];
    } finally {
      ended.push(name);
    }
  }
  for (const [bytes] of merge(walk('upper'), walk('lower'), false)) if (bytes[0] === 3) break;
  expect(ended).toEqual(['upper', 'lower']);
});
