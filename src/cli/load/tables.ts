import type { Output } from '../output.js';
import type { ComparedFigure } from './comparison.js';
import type { LoadFigures, LoadResults } from './load-results.js';

const HEAD = [
  '',
  'Seconds',
  'Asked',
  'Succeeded',
  'Failed',
  'Dropped',
  'Calls/s',
  'Errors',
  'p50',
  'p95',
  'p99',
  'max',
];

const ms = (value: number): string => `${value.toFixed(value < 100 ? 2 : 0)} ms`;
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** What came out, for people. */
export async function writeResultsTable(output: Output, results: LoadResults): Promise<void> {
  const row = (name: string, figures: LoadFigures): readonly (string | number)[] => {
    const { seconds, asked, succeeded, failed, dropped, perSecond, unserved, latencyMs } = figures;
    const { p50, p95, p99, max } = latencyMs;
    const counts = [seconds.toFixed(1), asked, succeeded, failed, dropped, Math.round(perSecond), percent(unserved)];
    return [name, ...counts, ...[p50, p95, p99, max].map(ms)];
  };
  const { total, hold, delivery, failures, startDelayMs } = results;
  await output.table(HEAD, [row('all', total), ...(hold === undefined ? [] : [row('while the rate held', hold)])]);
  if (delivery !== undefined) {
    const { expected, received, latencyMs } = delivery;
    await output.line(`deliveries: ${received} of ${expected}, p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`);
  }
  for (const [reason, count] of Object.entries(failures)) await output.line(`failed with ${reason}: ${count}`);
  await output.line(`calls were started late by: p50 ${ms(startDelayMs.p50)}, p99 ${ms(startDelayMs.p99)}`);
}

/** `1.07` as `1.07x` */
function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${ratio.toFixed(2)}x`;
}

function figureText(value: number, unit: ComparedFigure['unit']): string {
  if (unit === 'ms') return ms(value);
  return unit === '%' ? `${value.toFixed(2)} %` : `${value.toFixed(0)}/s`;
}

function verdictText({ worseBy }: ComparedFigure, failAbove: number | undefined): string {
  if (worseBy === 0) return '';
  const text = `${(worseBy * 100).toFixed(0)} % worse`;
  return failAbove !== undefined && worseBy > failAbove ? `${text}, too much` : text;
}

/** A row for each figure: name, before, after, ratio, and what to think of it. */
export function comparedRows(figures: readonly ComparedFigure[], failAbove: number | undefined): readonly string[][] {
  return figures.map((figure) => [
    figure.name,
    figureText(figure.before, figure.unit),
    figureText(figure.after, figure.unit),
    ratioText(figure.ratio),
    verdictText(figure, failAbove),
  ]);
}

export async function writeComparisonTable(
  output: Output,
  figures: readonly ComparedFigure[],
  failAbove: number | undefined,
): Promise<void> {
  await output.table(['Figure', 'Before', 'After', 'Ratio', ''], comparedRows(figures, failAbove));
}
