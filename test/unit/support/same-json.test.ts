import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sameJson } from '../../support/event-bus/same-json.js';

describe('equality of JSON', () => {
  it('is that of plain values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [parsed, copy, parsedOther] = [one, one, other].map(
          (value) => JSON.parse(JSON.stringify(value)) as unknown,
        );
        expect(sameJson(parsed, copy)).toBe(true);
        expect(sameJson(parsed, parsedOther)).toBe(isDeepStrictEqual(parsed, parsedOther));
      }),
    );
  });

  it.each([
    ['1', '2'],
    ['[]', '{}'],
    ['{"a":1}', '{"b":1}'],
    ['{"a":1}', '{"a":1,"b":1}'],
    ['[1,2]', '[1]'],
    ['null', '0'],
    ['{"__proto__":1}', '{}'],
    ['0', '-0'],
  ])('tells %s from %s', (one, other) => {
    expect(sameJson(JSON.parse(one), JSON.parse(other))).toBe(false);
    expect(sameJson(JSON.parse(other), JSON.parse(one))).toBe(false);
  });

  it('holds for values that are nested deeply', () => {
    const deep = (text: string): unknown => JSON.parse('['.repeat(50_000) + text + ']'.repeat(50_000));
    expect(sameJson(deep('1'), deep('1'))).toBe(true);
    expect(sameJson(deep('1'), deep('2'))).toBe(false);
  });
});
