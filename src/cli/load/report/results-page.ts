import type { LoadFigures, LoadResults, LoadSecond } from '../load-results.js';
import { escapeMarkup } from './markup.js';
import { distributionChart } from './distribution-chart.js';
import { machineFacts, percentText, settingsFacts } from './load-facts.js';
import { facts, page, table, tiles } from './page.js';
import { errorChart, latencyChart, type Line, rateChart } from './time-charts.js';

const VERDICTS = {
  complete: '<span class="good">complete</span>',
  interrupted: '<span class="bad">interrupted</span>',
  'too many errors': '<span class="bad">stopped: too many errors</span>',
} as const;

export const msText = (ms: number): string => `${ms < 100 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
export const countText = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The report of one load, as one HTML file. */
export function resultsPage(results: LoadResults): string {
  const { ended, seconds, total, hold, delivery } = results;
  const shown = hold ?? total;
  const storage = results.server?.storage;
  const title = `Load test${storage === undefined ? '' : ` on ${storage}`}`;
  const part = hold === undefined ? 'over the whole load' : 'while the rate held';
  return page(
    title,
    [
      `<h1>${escapeMarkup(title)}</h1>`,
      `<p class="sub">${VERDICTS[ended]} · ${countText(total.succeeded)} calls in ${total.seconds.toFixed(0)} s · figures ${part}</p>`,
      tiles([
        [`${countText(shown.perSecond)}/s`, 'calls answered'],
        [percentText(shown.unserved), 'errors and drops'],
        [msText(shown.latencyMs.p50), 'median'],
        [msText(shown.latencyMs.p95), '95 of 100 within'],
        [msText(shown.latencyMs.p99), '99 of 100 within'],
        ...(delivery === undefined ? [] : [[msText(delivery.latencyMs.p99), '99 of 100 delivered within'] as const]),
      ]),
      '<div class="charts">',
      rateChart('Rate', [
        line('answered', 'main', seconds, ({ succeeded }) => succeeded, 'filled'),
        line('asked', 'neutral', seconds, ({ asked }) => asked, 'dashed'),
      ]),
      latencyChart('Latency', [
        line('max', 'neutral', seconds, ({ max }) => max, 'dashed'),
        line('p99', 'high', seconds, ({ p99 }) => p99),
        line('p95', 'middle', seconds, ({ p95 }) => p95),
        line('p50', 'low', seconds, ({ p50 }) => p50),
      ]),
      errorChart(seconds),
      distributionChart(results.latencyBuckets),
      delivery === undefined
        ? ''
        : rateChart('Deliveries', [line('delivered', 'main', seconds, ({ deliveries }) => deliveries, 'filled')]),
      '</div>',
      figuresTable(results),
      '<div class="pair">',
      facts('Settings', settingsFacts(results)),
      facts('Where', machineFacts(results)),
      '</div>',
    ].join('\n'),
  );
}

export function line(
  label: string,
  colour: Line['colour'],
  seconds: readonly LoadSecond[],
  value: Line['value'],
  style?: 'dashed' | 'filled',
): Line {
  return { label, colour, seconds, value, ...(style === undefined ? {} : { [style]: true }) };
}

function figuresTable({ total, hold, publishMs, fetchMs, delivery, failures, startDelayMs }: LoadResults): string {
  const latencies = (name: string, { mean, p50, p90, p95, p99, p999, max }: LoadResults['publishMs']): string[] => [
    name,
    ...[mean, p50, p90, p95, p99, p999, max].map(msText),
  ];
  const counts = (name: string, figures: LoadFigures): string[] => {
    const { seconds, asked, succeeded, failed, dropped, perSecond, unserved } = figures;
    const whole = [asked, succeeded, failed, dropped].map(countText);
    return [name, seconds.toFixed(1), ...whole, `${countText(perSecond)}/s`, percentText(unserved)];
  };
  return [
    '<h2>Calls</h2>',
    table(
      ['', 'seconds', 'asked', 'answered', 'failed', 'dropped', 'rate', 'errors and drops'],
      [counts('all', total), ...(hold === undefined ? [] : [counts('while the rate held', hold)])],
    ),
    '<h2>Latencies</h2>',
    table(
      ['', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'],
      [
        latencies('all', total.latencyMs),
        ...(hold === undefined ? [] : [latencies('while the rate held', hold.latencyMs)]),
        latencies('publish', publishMs),
        ...(fetchMs === undefined ? [] : [latencies('fetch', fetchMs)]),
        ...(delivery === undefined ? [] : [latencies('delivery', delivery.latencyMs)]),
        latencies('started late by', startDelayMs),
      ],
    ),
    ...(delivery === undefined
      ? []
      : [
          `<p class="sub">${countText(delivery.received)} of ${countText(delivery.expected)} expected deliveries came.</p>`,
        ]),
    ...(Object.keys(failures).length === 0
      ? []
      : [
          '<h2>Failures</h2>',
          table(
            ['reason', 'calls'],
            Object.entries(failures).map(([reason, count]) => [reason, countText(count)]),
          ),
        ]),
  ].join('\n');
}
