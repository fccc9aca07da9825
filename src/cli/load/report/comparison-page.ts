import { type ComparedFigure, comparedFigures, differentSettings } from '../comparison.js';
import type { LoadResults } from '../load-results.js';
import { comparedRows } from '../tables.js';
import { comparedDistributionChart } from './distribution-chart.js';
import { machineFacts, settingsFacts } from './load-facts.js';
import { escapeMarkup } from './markup.js';
import { facts, page, table } from './page.js';
import { line } from './results-page.js';
import { latencyChart, rateChart } from './time-charts.js';

interface ComparedLoads {
  readonly before: LoadResults;
  readonly after: LoadResults;
  readonly figures: readonly ComparedFigure[];
  /** From 0 to 1; undefined when nothing is too much. */
  readonly failAbove: number | undefined;
}

/** Two loads side by side, as one HTML file. */
export function comparisonPage({ before, after, figures, failAbove }: ComparedLoads): string {
  const different = differentSettings(before, after);
  const held = comparedFigures(before, after)[0] === before.hold;
  const sides = [
    ['before', 'neutral', before],
    ['after', 'main', after],
  ] as const;
  return page(
    'Two load tests compared',
    [
      '<h1>Two load tests compared</h1>',
      `<p class="sub">${verdict(figures, failAbove)} · ${held ? 'while the rate held' : 'over the whole load'}</p>`,
      ...(different.length === 0
        ? []
        : [`<p class="bad">Their settings differ: ${escapeMarkup(different.join(', '))}.</p>`]),
      table(['', 'before', 'after', 'ratio', ''], comparedRows(figures, failAbove)),
      '<h2>Over time</h2>',
      '<div class="charts">',
      rateChart(
        'Rate answered',
        sides.map(([label, colour, { seconds }]) => line(label, colour, seconds, ({ succeeded }) => succeeded)),
      ),
      latencyChart(
        'Latency, p50',
        sides.map(([label, colour, { seconds }]) => line(label, colour, seconds, ({ p50 }) => p50)),
      ),
      latencyChart(
        'Latency, p99',
        sides.map(([label, colour, { seconds }]) => line(label, colour, seconds, ({ p99 }) => p99)),
      ),
      comparedDistributionChart(
        sides.map(([label, colour, { latencyBuckets }]) => ({ label, colour, buckets: latencyBuckets })),
      ),
      '</div>',
      ...sides.flatMap(([label, , results]) => [
        '<div class="pair">',
        facts(`Settings ${label}`, settingsFacts(results)),
        facts(`Where ${label}`, machineFacts(results)),
        '</div>',
      ]),
    ].join('\n'),
  );
}

function verdict(figures: readonly ComparedFigure[], failAbove: number | undefined): string {
  const worst = figures.toSorted((a, b) => b.worseBy - a.worseBy)[0];
  if (worst === undefined || worst.worseBy === 0) return '<span class="good">nothing is worse</span>';
  const isBad = failAbove !== undefined && worst.worseBy > failAbove;
  const text = `${escapeMarkup(worst.name)} is ${(worst.worseBy * 100).toFixed(0)} % worse`;
  return isBad ? `<span class="bad">${text}</span>` : text;
}
