import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface PrometheusRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export const PROMETHEUS_FOLDER = join(__dirname, '../../monitoring/prometheus');

/** The rules of a file below `rules/`, of all its groups. */
export function prometheusRules(file: 'alerts.yml' | 'recording.yml'): readonly PrometheusRule[] {
  const { groups } = parse(readFileSync(join(PROMETHEUS_FOLDER, 'rules', file), 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly PrometheusRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** Names of the metrics and recording rules that an expression selects; those without labels only if they have a colon. */
export function selectedMetrics(expr: string): readonly string[] {
  return Array.from(expr.matchAll(/\b([a-zA-Z_][\w:]*)(?=\{)|\b(\w+:\w+:\w+)/g), ([name]) => name);
}

/** Of a series of a histogram or summary, the metric. */
export function metricOf(series: string): string {
  return series.replace(/_(bucket|sum|count)$/, '');
}
