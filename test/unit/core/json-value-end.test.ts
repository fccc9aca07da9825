import fc from 'fast-check';
import { jsonValueEnd, MAX_NESTING } from '../../../src/core/json-value-end.js';

function isWhole(text: string): boolean {
  const bytes = Buffer.from(text);
  return jsonValueEnd(bytes, 0) === bytes.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it('finds the end of every value that JSON has', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.nat({ max: 4 }), (text, spaces) => {
      const pretty = JSON.stringify(JSON.parse(text), undefined, spaces);
      const bytes = Buffer.from(`[${pretty},`);
      expect(jsonValueEnd(bytes, 1)).toBe(bytes.length - 1);
    }),
    { numRuns: 2000 },
  );
});

it('tells JSON from everything else as JSON.parse does', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\n',
      '\\u12aF',
      '\\x',
      ' ',
      '\t',
      '0',
      '1',
      '-',
      '.',
      'e',
      'E',
      '+',
    ],
    ...['true', 'false', 'null', 'nul', '\u0001', '\u007f', 'é', '"":', '1.5', '-0', '01', '1e5'],
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      const text = pieces.join('').trim();
      fc.pre(text !== '');
      expect([text, isWhole(text)]).toEqual([text, isJson(text)]);
    }),
    { numRuns: 20_000 },
  );
});

it('tells JSON from text that is nearly JSON', () => {
  const changed = fc.tuple(
    fc.json({ maxDepth: 3 }),
    fc.nat(),
    fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', ' ', '0', '-', 'e', '.', 't', 'n'),
    fc.nat({ max: 2 }),
  );
  fc.assert(
    fc.property(changed, ([text, where, character, removed]) => {
      const at = where % (text.length + 1);
      const broken = (text.slice(0, at) + character + text.slice(at + removed)).trim();
      fc.pre(broken !== '');
      expect([broken, isWhole(broken)]).toEqual([broken, isJson(broken)]);
    }),
    { numRuns: 10_000 },
  );
});

it.each(['[', '{"a":'])('takes nesting of "%s" up to its limit and refuses more without effort', (open) => {
  const nested = (depth: number): string => open.repeat(depth) + '1' + (open === '[' ? ']' : '}').repeat(depth);
  expect(isWhole(nested(MAX_NESTING))).toBe(true);
  expect(isWhole(nested(MAX_NESTING + 1))).toBe(false);
  expect(isWhole(open.repeat(300_000))).toBe(false);
});
