import { compareLoads, differentSettings, worseFigures } from '../../../../src/cli/load/comparison.js';
import { sampleResults } from '../../../support/load-results.js';

const names = (figures: readonly { readonly name: string }[]): readonly string[] => figures.map(({ name }) => name);

describe('two loads', () => {
  test('that are the same differ in nothing', () => {
    const figures = compareLoads(sampleResults(), sampleResults());
    expect(names(figures)).toEqual(['throughput', 'errors', 'p50', 'p90', 'p95', 'p99']);
    expect(figures.map(({ ratio, worseBy }) => [ratio ?? 'none', worseBy])).toEqual([
      [1, 0],
      ['none', 0],
      ...Array.from({ length: 4 }, () => [1, 0]),
    ]);
  });

  test('are told by what is slower, and by how much', () => {
    const figures = compareLoads(sampleResults(), sampleResults({}, { ms: 5 }));
    expect(names(worseFigures(figures, 0.2))).toEqual(['p50', 'p90', 'p95', 'p99']);
    expect(worseFigures(figures, 0.3)).toEqual([]);
    expect(worseFigures(compareLoads(sampleResults({}, { ms: 5 }), sampleResults()), 0)).toEqual([]);
  });

  test('are told by lower throughput', () => {
    const before = sampleResults();
    const hold = { ...before.total, perSecond: before.total.perSecond * 0.8 };
    const [throughput] = compareLoads(before, sampleResults({ hold }));
    expect(throughput).toMatchObject({ name: 'throughput', ratio: 0.8 });
    expect(throughput?.worseBy).toBeCloseTo(0.2);
  });

  test('are told by errors that there were none of before', () => {
    const figures = compareLoads(sampleResults(), sampleResults({}, { failed: 30 }));
    expect(names(worseFigures(figures, 0.1))).toEqual(['errors']);
  });

  test('are the same where they differ by less than can be measured', () => {
    const figures = compareLoads(sampleResults({}, { ms: 0.04 }), sampleResults({}, { ms: 0.06 }));
    expect(worseFigures(figures, 0)).toEqual([]);
    // One in 2,000 failed.
    const few = { ...sampleResults().total, failed: 1, unserved: 0.0005 };
    expect(worseFigures(compareLoads(sampleResults(), sampleResults({ hold: few })), 0)).toEqual([]);
  });

  test('are compared over all when the rate did not hold in both', () => {
    const { hold: _hold, ...unheld } = sampleResults();
    const slow = sampleResults({ hold: sampleResults({}, { ms: 50 }).total });
    expect(worseFigures(compareLoads(unheld, slow), 0)).toEqual([]);
    expect(worseFigures(compareLoads(sampleResults(), slow), 0)).not.toEqual([]);
  });

  test('are compared by deliveries where both have subscribers', () => {
    const delivery = (ms: number) => ({ expected: 1, received: 1, latencyMs: sampleResults({}, { ms }).publishMs });
    const figures = compareLoads(sampleResults({ delivery: delivery(4) }), sampleResults({ delivery: delivery(8) }));
    expect(names(worseFigures(figures, 0.5))).toEqual(['delivery p50', 'delivery p99']);
  });

  test('say what they were asked differently', () => {
    const { settings } = sampleResults();
    const other = sampleResults({ settings: { ...settings, to: 151, body: { min: 5, max: 16 } } });
    expect(differentSettings(sampleResults(), other)).toEqual(['to', 'body']);
  });
});
