import fc from 'fast-check';
import { coversPattern } from '../../../src/auth/pattern-containment.js';
import { parsePattern } from '../../../src/core/pattern.js';

/** Few tokens, so that patterns often have to do with each other. */
const pattern = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom('', 'a', 'ab', 'b', '*'), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([reserved, tokens, open]) => `${reserved ? '$streams.' : ''}${tokens.join('.')}${open ? '>' : ''}`)
  .filter((text) => text !== '');

const subject = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom('', 'a', 'ab', 'b', 'abc', '*', '>'), { minLength: 1, maxLength: 5 }))
  .map(([reserved, tokens]) => `${reserved ? '$streams.' : ''}${tokens.join('.')}`);

/** Subjects that the pattern matches, with tokens that no other pattern names. */
function examplesOf(text: string): readonly string[] {
  const open = text.endsWith('>');
  const tokens = (open ? text.slice(0, -1) : text).split('.');
  // Before an open end even "*" is only a prefix.
  const wildcard = (index: number): boolean => tokens[index] === '*' && !(open && index === tokens.length - 1);
  const fixed = tokens.map((token, index) => (wildcard(index) ? '~' : token)).join('.');
  return open ? [`${fixed}~`, `${fixed}~.~`, `${fixed}~.~.~.~.~`] : [fixed];
}

test('a pattern that covers another matches all that the other matches', () => {
  fc.assert(
    fc.property(pattern, pattern, subject, (outer, inner, candidate) => {
      fc.pre(coversPattern(outer, inner));
      const outside = [candidate, ...examplesOf(inner)].filter(
        (text) => parsePattern(inner).matches(text) && !parsePattern(outer).matches(text),
      );
      expect(outside).toEqual([]);
    }),
    { numRuns: 3000, maxSkipsPerRun: 1000 },
  );
});

test('a pattern that does not cover another leaves out something that the other matches', () => {
  fc.assert(
    fc.property(pattern, pattern, (outer, inner) => {
      fc.pre(!coversPattern(outer, inner));
      const examples = examplesOf(inner);
      expect(examples.filter((text) => !parsePattern(inner).matches(text))).toEqual([]);
      expect(examples.every((text) => parsePattern(outer).matches(text))).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['>', 'orders.*', true],
  ['>', '>', true],
  ['>', '$streams.>', false],
  ['$streams.>', '$streams.orders.>', true],
  ['orders.>', 'orders.eu>', true],
  ['orders.eu>', 'orders.>', false],
  ['orders.*', 'orders.>', false],
  ['orders.*', 'orders.*', true],
  ['orders.*', 'orders.eu', true],
  ['orders.>', 'orders', false],
  ['orders.*.>', 'orders.eu.*', true],
  ['*.>', '>', false],
  ['orders', 'orders', true],
  ['orders', 'orders.eu', false],
])('%s covers %s: %s', (outer, inner, covered) => {
  expect(coversPattern(outer, inner)).toBe(covered);
});
