import type { Buckets } from '../log-histogram.js';
import { LogHistogram } from '../log-histogram.js';
import { type Colour, type Mark, renderChart } from './chart.js';
import { linearScale, logScale } from './scale.js';

/** Columns per factor of ten. */
const PER_DECADE = 20;
const MS = (value: number): string => `${Number(value.toPrecision(3))} ms`;

interface Column {
  readonly fromMs: number;
  readonly toMs: number;
  /** Percent of all. */
  readonly percent: number;
}

/** Columns that are equally wide on a logarithmic axis. */
function columnsOf(buckets: Buckets): readonly Column[] {
  const all = buckets.reduce((sum, [, count]) => sum + count, 0);
  const counts = new Map<number, number>();
  for (const [us, count] of buckets) {
    const index = Math.floor(Math.log10(Math.max(us, 1) / 1000) * PER_DECADE);
    counts.set(index, (counts.get(index) ?? 0) + count);
  }
  return Array.from(counts, ([index, count]) => ({
    fromMs: 10 ** (index / PER_DECADE),
    toMs: 10 ** ((index + 1) / PER_DECADE),
    percent: (100 * count) / all,
  }));
}

/** How many calls took how long, with where the percentiles stand. */
export function distributionChart(buckets: Buckets): string {
  const columns = columnsOf(buckets);
  const histogram = LogHistogram.of(buckets);
  const most = Math.max(1, ...columns.map(({ percent }) => percent));
  const shapes: Mark['shapes'] = (plane) =>
    columns
      .map(({ fromMs, toMs, percent }) => {
        const [left, right, top] = [plane.x(fromMs), plane.x(toMs), plane.y(percent)];
        return `<rect class="column" x="${left}" y="${top}" width="${Math.max(1, right - left - 1).toFixed(1)}" height="${(plane.bottom - top).toFixed(1)}"/>`;
      })
      .join('');
  const rank = (percentile: number, colour: Colour): Mark => {
    const ms = histogram.percentileUs(percentile) / 1000;
    return {
      label: `p${percentile} ${MS(ms)}`,
      colour,
      dashed: true,
      shapes: (plane) => `<path class="line" d="M${plane.x(ms)} ${plane.top}V${plane.bottom}"/>`,
    };
  };
  return renderChart({
    title: 'Distribution of latencies',
    xLabel: 'latency',
    yLabel: 'percent of the calls',
    x: logScale(...rangeOf(columns), MS),
    y: linearScale(most, (value) => `${Number(value.toPrecision(3))} %`),
    marks: [{ label: 'calls', colour: 'main', shapes }, rank(50, 'low'), rank(95, 'middle'), rank(99, 'high')],
    hints: columns.map(({ fromMs, toMs, percent }) => ({
      from: fromMs,
      to: toMs,
      text: `${MS(fromMs)} to ${MS(toMs)}\n${percent.toFixed(2)} % of the calls`,
    })),
  });
}

/** Two distributions as outlines, one over the other. */
export function comparedDistributionChart(
  sides: readonly { readonly label: string; readonly colour: Colour; readonly buckets: Buckets }[],
): string {
  const outlines = sides.map(({ label, colour, buckets }) => ({
    label,
    colour,
    columns: columnsOf(buckets).toSorted((a, b) => a.fromMs - b.fromMs),
  }));
  const all = outlines.flatMap(({ columns }) => columns);
  return renderChart({
    title: 'Distribution of latencies',
    xLabel: 'latency',
    yLabel: 'percent of the calls',
    x: logScale(...rangeOf(all), MS),
    y: linearScale(Math.max(1, ...all.map(({ percent }) => percent)), (value) => `${Number(value.toPrecision(3))} %`),
    marks: outlines.map(({ label, colour, columns }) => ({
      label,
      colour,
      shapes: (plane) => {
        const points = columns.map(({ fromMs, toMs, percent }) => [Math.sqrt(fromMs * toMs), percent] as const);
        return `<path class="line" d="${plane.line(points)}"/>`;
      },
    })),
  });
}

function rangeOf(columns: readonly Column[]): [least: number, most: number] {
  if (columns.length === 0) return [0.1, 1];
  return [Math.min(...columns.map(({ fromMs }) => fromMs)), Math.max(...columns.map(({ toMs }) => toMs))];
}
