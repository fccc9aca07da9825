import { text } from './settings.js';

const UNITS = { time: ' ms', data: ' B', default: '' };

/**
 * A `handleSummary` for people: every threshold with what it was compared with, then what was measured. With SUMMARY it
 * writes all of it to that file too.
 */
export function summary(title) {
  return (data) => {
    const file = text('SUMMARY');
    const output = { stdout: textOf(title, data) };
    if (file !== undefined) output[file] = JSON.stringify(data, null, 2);
    return output;
  };
}

function textOf(title, data) {
  const metrics = Object.entries(data.metrics).sort(([a], [b]) => (a < b ? -1 : 1));
  const thresholds = metrics.flatMap(([name, metric]) =>
    Object.entries(metric.thresholds ?? {}).map(
      ([expression, { ok }]) => `  ${ok ? 'ok     ' : 'CROSSED'} ${name}: ${expression} (${figures(metric)})`,
    ),
  );
  const others = metrics
    .filter(([name, metric]) => metric.thresholds === undefined && SHOWN.test(name))
    .map(([name, metric]) => `  ${name}: ${figures(metric)}`);
  const crossed = thresholds.filter((line) => line.includes('CROSSED')).length;
  const verdict = crossed === 0 ? 'passed' : `FAILED, ${crossed} of ${thresholds.length} thresholds crossed`;
  const duration = (data.state.testRunDurationMs / 1000).toFixed(1);
  return `\n${title}: ${verdict} after ${duration} s\n\n${thresholds.join('\n')}\n\n${others.join('\n')}\n\n`;
}

/** What of the rest says something about a broker. */
const SHOWN = /^(grpc_streams|iteration|checks|connect_|deliver|published|limited|vus_max)/;

function figures({ type, contains, values }) {
  const unit = UNITS[contains] ?? '';
  const round = (value) => Number(value.toFixed(2));
  switch (type) {
    case 'rate':
      return `${round(values.rate * 100)} % of ${values.passes + values.fails}`;
    case 'counter':
      return `${values.count}, ${round(values.rate)}/s`;
    case 'gauge':
      return `${round(values.value)}${unit}`;
    default:
      return Object.entries(values)
        .filter(([name]) => name !== 'avg' && name !== 'min')
        .map(([name, value]) => `${name} ${round(value)}${unit}`)
        .join(', ');
  }
}

/** What is kept of each trend. */
export const TREND_STATS = ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max'];
