import fc from 'fast-check';
import { compact, linearScale, logScale, rangeScale } from '../../../../../src/cli/load/report/scale.js';

const labels = (scale: { readonly ticks: readonly { readonly label: string }[] }): readonly string[] =>
  scale.ticks.map(({ label }) => label);

describe('a linear axis', () => {
  test.each([
    [1, ['0', '0.5', '1']],
    [7, ['0', '2', '4', '6', '8']],
    [1000, ['0', '500', '1k']],
    [1500, ['0', '500', '1k', '1.5k']],
    [2_400_000, ['0', '1M', '2M', '3M']],
    [0.03, ['0', '0.01', '0.02', '0.03']],
  ])('up to %p has round ticks', (max, expected) => {
    expect(labels(linearScale(max))).toEqual(expected);
  });

  test('holds every value, with few ticks', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (max) => {
        const scale = linearScale(max);
        expect(scale.ticks.at(-1)!.value).toBeGreaterThanOrEqual(max * (1 - 1e-9));
        expect(scale.ticks.length).toBeLessThanOrEqual(6);
        expect(scale.position(0)).toBe(0);
        expect(scale.position(max)).toBeLessThanOrEqual(1);
        expect(scale.position(max)).toBeGreaterThan(0.45);
      }),
    );
  });
});

describe('a logarithmic axis', () => {
  test('has steps of 1, 2 and 5 over few decades, and decades over many', () => {
    expect(labels(logScale(0.8, 90))).toEqual(['0.5', '1', '2', '5', '10', '20', '50', '100']);
    expect(labels(logScale(0.01, 5000))).toEqual(['0.01', '0.1', '1', '10', '100', '1k']);
  });

  test('puts equal factors at equal distances', () => {
    const scale = logScale(1, 100);
    expect([1, 10, 100].map((value) => Number(scale.position(value).toFixed(6)))).toEqual([0, 0.5, 1]);
  });

  test('keeps what is beyond, and 0, at its ends', () => {
    const scale = logScale(1, 100);
    expect([scale.position(0), scale.position(0.1), scale.position(1e6)]).toEqual([0, 0, 1]);
  });

  test('stands for a single value too', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (value) => {
        const scale = logScale(value, value);
        expect(scale.position(value)).toBeGreaterThanOrEqual(0);
        expect(scale.position(value)).toBeLessThanOrEqual(1);
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

test('a range has whole ticks within', () => {
  expect(labels(rangeScale(0, 10))).toEqual(['0', '2', '4', '6', '8', '10']);
  expect(labels(rangeScale(0, 3))).toEqual(['0', '1', '2', '3']);
});

test.each([
  [999, '999'],
  [1500, '1.5k'],
  [12_345, '12.3k'],
  [2e6, '2M'],
])('%p is written as %p', (value, text) => {
  expect(compact(value)).toBe(text);
});
