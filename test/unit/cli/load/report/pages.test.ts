import { compareLoads } from '../../../../../src/cli/load/comparison.js';
import { comparisonPage } from '../../../../../src/cli/load/report/comparison-page.js';
import { resultsPage } from '../../../../../src/cli/load/report/results-page.js';
import { thinSeconds } from '../../../../../src/cli/load/report/thinned-seconds.js';
import { sampleResults, sampleSeconds } from '../../../../support/load-results.js';

/** Elements that are opened must be closed in their order, as a browser would silently repair. */
function expectWellFormed(html: string): void {
  const open: string[] = [];
  const misplaced: string[] = [];
  const elements = html.replaceAll(/<style>[^]*?<\/style>/g, '').matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g);
  for (const [, closing, name = '', empty] of elements) {
    if (empty === '/' || name === 'meta') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) misplaced.push(name);
  }
  expect({ open, misplaced }).toEqual({ open: [], misplaced: [] });
}

/** Every number of a drawing is one. */
function expectDrawable(html: string): void {
  expect(html).not.toMatch(/NaN|Infinity|undefined|null/);
}

const charts = (html: string): readonly string[] =>
  Array.from(html.matchAll(/aria-label="([^"]*)"/g), ([, title]) => title!);

describe('the report of a load', () => {
  test('is one well-formed file that asks for nothing else', () => {
    const html = resultsPage(sampleResults({}, { failed: 7 }));
    expectWellFormed(html);
    expectDrawable(html);
    expect(html).not.toMatch(/<script|<link|<img|src=|href=|url\(|https?:/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  test('shows rate, latency, errors and distribution, and deliveries where there are subscribers', () => {
    expect(charts(resultsPage(sampleResults()))).toEqual([
      'Rate',
      'Latency',
      'Errors: none',
      'Distribution of latencies',
    ]);
    const delivery = { expected: 10, received: 9, latencyMs: sampleResults().publishMs };
    const html = resultsPage(sampleResults({ delivery }));
    expect(charts(html)).toContain('Deliveries');
    expect(html).toContain('9 of 10 expected deliveries came');
  });

  test('shows what comes from elsewhere as text', () => {
    const html = resultsPage(sampleResults());
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('Some CPU &lt;fast&gt; &amp; &quot;cheap&quot;');
  });

  test('tells how it ended, machine, storage and settings', () => {
    const html = resultsPage(sampleResults({ ended: 'too many errors' }, { failed: 100 }));
    for (const text of [
      'stopped: too many errors',
      'v20.20.0',
      'postgres',
      'DEADLINE_EXCEEDED',
      '50/s rising to 150/s',
    ]) {
      expect(html).toContain(text);
    }
  });

  test.each([
    ['nothing was measured', { seconds: [], latencyBuckets: [] }],
    ['it took a second', { seconds: sampleSeconds(1) }],
    ['it took hours', { seconds: sampleSeconds(20_000) }],
  ])('can be drawn when %s', (_title, changes) => {
    const html = resultsPage(sampleResults(changes));
    expectWellFormed(html);
    expectDrawable(html);
    expect(html.length).toBeLessThan(200_000);
  });
});

test('a latency over time has a gap where nothing was answered', () => {
  const silent = { p50: 0, p95: 0, p99: 0, max: 0, succeeded: 0 };
  const seconds = sampleSeconds(9).map((second) => (second.second === 4 ? { ...second, ...silent } : second));
  const strokes = (changes: object): number => {
    const [, latency = ''] = resultsPage(sampleResults(changes)).split('aria-label="Latency"');
    const [, path = ''] = /class="low"><path class="line" d="([^"]*)"/.exec(latency) ?? [];
    return path.split('M').length - 1;
  };
  expect([strokes({ seconds: sampleSeconds(9) }), strokes({ seconds })]).toEqual([1, 2]);
});

describe('many seconds in few points', () => {
  test('keep the rate, and hide no stall', () => {
    const seconds = sampleSeconds(1000).map((second) => (second.second === 500 ? { ...second, p99: 9999 } : second));
    const points = thinSeconds(seconds, 100);
    expect(points).toHaveLength(100);
    expect(points.every(({ succeeded }) => succeeded === 100)).toBe(true);
    expect(points.filter(({ p99 }) => p99 === 9999)).toHaveLength(1);
    expect(points.at(-1)).toMatchObject({ second: 991, until: 1000 });
  });

  test('are left as they are where they are few', () => {
    expect(thinSeconds(sampleSeconds(7), 100)).toMatchObject(
      sampleSeconds(7).map(({ second }) => ({ second, until: second })),
    );
  });
});

describe('the report of two loads', () => {
  const before = sampleResults();
  const after = sampleResults({ settings: { ...before.settings, to: 151 } }, { ms: 8 });
  const figures = compareLoads(before, after);

  test('is one well-formed file', () => {
    const html = comparisonPage({ before, after, figures, failAbove: 0.1 });
    expectWellFormed(html);
    expectDrawable(html);
    expect(charts(html)).toEqual(['Rate answered', 'Latency, p50', 'Latency, p99', 'Distribution of latencies']);
  });

  test('says what is too much worse, and that the settings differ', () => {
    const html = comparisonPage({ before, after, figures, failAbove: 0.1 });
    expect(html).toContain('too much');
    expect(html).toContain('Their settings differ: to.');
    expect(comparisonPage({ before, after, figures, failAbove: 2 })).not.toContain('too much');
    const same = compareLoads(before, before);
    expect(comparisonPage({ before, after: before, figures: same, failAbove: 0.1 })).toContain('nothing is worse');
  });
});
