import type { Query } from './panel.js';

/** Of the replicas that are chosen, and of the Envoys. */
const BROKER = 'job="waybill", instance=~"$instance"';
const ENVOY = 'job="envoy", instance=~"$instance"';

/** A metric of the chosen replicas; `labels` as in PromQL: `what="heads"`. */
export function broker(metric: string, labels = ''): string {
  return select(metric, BROKER, labels);
}

/** A metric of the chosen Envoys. */
export function envoy(metric: string, labels = ''): string {
  return select(metric, ENVOY, labels);
}

/** A metric about the brokers, as the chosen Envoys see them. */
export function upstream(metric: string, labels = ''): string {
  return select(metric, `${ENVOY}, envoy_cluster_name="waybill"`, labels);
}

function select(metric: string, selector: string, labels: string): string {
  return `${metric}{${selector}${labels === '' ? '' : `, ${labels}`}}`;
}

/** How much it grows in a second. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

export function sum(series: string, ...by: readonly string[]): string {
  return by.length === 0 ? `sum(${series})` : `sum by (${by.join(', ')}) (${series})`;
}

/** Growth in a second, of all chosen together or by labels. */
export function sumRate(series: string, ...by: readonly string[]): string {
  return sum(rate(series), ...by);
}

/** @param buckets a series whose name ends in `_bucket` */
export function quantile(share: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${share}, ${sumRate(buckets, 'le', ...by)})`;
}

/** The median and the two that people promise. */
export function percentiles(buckets: string): readonly Query[] {
  return [0.5, 0.95, 0.99].map((share) => ({ expr: quantile(share, buckets), legend: `p${share * 100}` }));
}

/** What one observation of a histogram or summary was on average. */
export function average(metric: string, labels = ''): string {
  return `${sumRate(broker(`${metric}_sum`, labels))} / ${sumRate(broker(`${metric}_count`, labels))}`;
}
