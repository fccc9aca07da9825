import type { LoadSecond } from '../load-results.js';
import { type Colour, type Mark, renderChart } from './chart.js';
import { linearScale, logScale, rangeScale, type Scale } from './scale.js';
import { type SecondsPoint, thinSeconds } from './thinned-seconds.js';

const MOST_POINTS = 240;
const MS = (value: number): string => `${Number(value.toPrecision(3))} ms`;

type Value = (point: SecondsPoint) => number;

/** One line over the time of a load. */
export interface Line {
  readonly label: string;
  readonly colour: Colour;
  readonly dashed?: true;
  readonly filled?: true;
  /** 0 stands for nothing and interrupts the line. */
  readonly interrupted?: true;
  readonly seconds: readonly LoadSecond[];
  readonly value: Value;
}

/** Rates over time, from 0. */
export function rateChart(title: string, lines: readonly Line[]): string {
  const thinned = lines.map(thin);
  const y = linearScale(Math.max(1, ...thinned.flatMap(valuesOf)));
  return overTime(title, 'per second', y, thinned, (value) => String(Math.round(value)));
}

/** Latencies over time; a logarithmic axis shows both what is usual and what is not. */
export function latencyChart(title: string, lines: readonly Line[]): string {
  const thinned = lines.map((line) => thin({ ...line, interrupted: true }));
  const values = thinned.flatMap(valuesOf).filter((value) => value > 0);
  const y = logScale(Math.min(...values, 1), Math.max(...values, 1), MS);
  return overTime(title, 'from when a call was due to its answer', y, thinned, MS);
}

interface ThinnedLine extends Line {
  readonly points: readonly SecondsPoint[];
}

function thin(line: Line): ThinnedLine {
  return { ...line, points: thinSeconds(line.seconds, MOST_POINTS) };
}

function valuesOf({ points, value }: ThinnedLine): readonly number[] {
  return points.map(value);
}

/** What was not served, as columns. */
export function errorChart(seconds: readonly LoadSecond[]): string {
  const points = thinSeconds(seconds, MOST_POINTS);
  const most = Math.max(1, ...points.map(({ failed, dropped }) => failed + dropped));
  const columns = (from: Value, to: Value): Mark['shapes'] => {
    return (plane) =>
      points
        .filter((point) => to(point) > from(point))
        .map((point) => {
          const [left, right, top] = [plane.x(point.second - 1), plane.x(point.until), plane.y(to(point))];
          const height = Math.max(0, plane.y(from(point)) - top);
          return `<rect class="column" x="${left}" y="${top}" width="${Math.max(1, right - left - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`;
        })
        .join('');
  };
  const none: Value = () => 0;
  const failed: Value = (point) => point.failed;
  return renderChart({
    title: points.some((point) => failed(point) + point.dropped > 0) ? 'Errors' : 'Errors: none',
    xLabel: 'seconds',
    yLabel: 'calls per second',
    x: rangeScale(0, seconds.length),
    y: linearScale(most),
    marks: [
      { label: 'failed', colour: 'failed', shapes: columns(none, failed) },
      { label: 'dropped', colour: 'dropped', shapes: columns(failed, (point) => point.failed + point.dropped) },
    ],
    hints: points.map((point) => ({
      from: point.second - 1,
      to: point.until,
      text: `${when(point)}\n${Math.round(point.failed)} failed\n${Math.round(point.dropped)} dropped`,
    })),
  });
}

/** The parts of a line without gaps. */
function runsOf({ points, value, interrupted }: ThinnedLine): readonly (readonly SecondsPoint[])[] {
  const runs: SecondsPoint[][] = [[]];
  for (const point of points) {
    if (interrupted !== true || value(point) > 0) runs.at(-1)?.push(point);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function when({ second, until }: SecondsPoint): string {
  return second === until ? `second ${second}` : `seconds ${second} to ${until}`;
}

function overTime(
  title: string,
  yLabel: string,
  y: Scale,
  lines: readonly ThinnedLine[],
  format: (value: number) => string,
): string {
  const longest = lines.reduce((most, { seconds }) => Math.max(most, seconds.length), 1);
  const middle = ({ second, until }: SecondsPoint): number => (second - 1 + until) / 2;
  const marks = lines.map((line): Mark => {
    const { label, colour, dashed, filled, value } = line;
    const runs = runsOf(line).map((run) => run.map((point) => [middle(point), value(point)] as const));
    return {
      label,
      colour,
      ...(dashed === undefined ? {} : { dashed }),
      shapes: (plane) => {
        const path = runs.map((run) => plane.line(run)).join('');
        if (filled !== true) return `<path class="line" d="${path}"/>`;
        return `<path class="area" d="${runs.map((run) => plane.area(run)).join('')}"/><path class="line" d="${path}"/>`;
      },
    };
  });
  // Whoever points at a second sees all lines there.
  const guide = lines.reduce<readonly SecondsPoint[]>((most, line) => {
    return line.points.length > most.length ? line.points : most;
  }, []);
  const hints = guide.map((point, index) => {
    const values = lines.flatMap((line) => {
      const own = line.points[index];
      if (own === undefined) return [];
      const value = line.value(own);
      return [`${line.label}: ${line.interrupted === true && value === 0 ? 'no answer' : format(value)}`];
    });
    return { from: point.second - 1, to: point.until, text: [when(point), ...values].join('\n') };
  });
  return renderChart({ title, xLabel: 'seconds', yLabel, x: rangeScale(0, longest), y, marks, hints });
}
