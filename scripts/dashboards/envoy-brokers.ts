import type { Section } from './panel.js';
import { percentiles, quantile, sum, sumRate, upstream } from './queries.js';

/** The brokers as Envoy sees them. */
export const BROKERS: Section = {
  title: 'Towards the brokers',
  panels: [
    {
      kind: 'timeseries',
      title: 'Brokers',
      description: 'Replicas that DNS names, that pass the health checks, and that are ejected because of errors.',
      unit: 'none',
      queries: [
        { expr: upstream('envoy_cluster_membership_total'), legend: '{{instance}}, known' },
        { expr: upstream('envoy_cluster_membership_healthy'), legend: '{{instance}}, healthy' },
        { expr: upstream('envoy_cluster_outlier_detection_ejections_active'), legend: '{{instance}}, ejected' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Broker time',
      description:
        'How long the brokers take for a call, seen from Envoy. The rest of the call duration is Envoy and the network.',
      unit: 's',
      queries: percentiles(upstream('envoy_cluster_upstream_rq_time_bucket')).map(({ expr, legend }) => ({
        expr: `${expr} / 1000`,
        legend,
      })),
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Calls by HTTP status',
      description: 'Calls that Envoy made. 5xx: no broker was healthy, or a connection failed or broke.',
      unit: 'reqps',
      queries: [
        {
          expr: sumRate(upstream('envoy_cluster_upstream_rq_xx'), 'envoy_response_code_class'),
          legend: '{{envoy_response_code_class}}xx',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Retries',
      description:
        'Calls made again because it was safe, those that then succeeded, and those that the retry budget forbade.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_retry')), legend: 'made' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_retry_success')), legend: 'succeeded' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_retry_overflow')), legend: 'beyond the budget' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_retry_limit_exceeded')), legend: 'given up' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Circuit breakers',
      description:
        'What was refused because too much was open at once: calls, calls waiting for a connection, connections.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_active_overflow')), legend: 'calls' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_pending_overflow')), legend: 'waiting calls' },
        { expr: sumRate(upstream('envoy_cluster_upstream_cx_overflow')), legend: 'connections' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Open calls to the brokers',
      description: 'Calls and streams open towards the brokers, and connections that carry them.',
      unit: 'short',
      queries: [
        { expr: sum(upstream('envoy_cluster_upstream_rq_active'), 'instance'), legend: '{{instance}}, calls' },
        { expr: sum(upstream('envoy_cluster_upstream_cx_active'), 'instance'), legend: '{{instance}}, connections' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Connection failures',
      description: 'Connections to brokers that could not be made, and calls that were reset before an answer came.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(upstream('envoy_cluster_upstream_cx_connect_fail')), legend: 'not connected' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_rx_reset')), legend: 'reset by brokers' },
        { expr: sumRate(upstream('envoy_cluster_upstream_rq_tx_reset')), legend: 'reset by Envoy' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Health checks',
      description: 'Health checks of the brokers that failed, of all that were made.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(upstream('envoy_cluster_health_check_attempt')), legend: 'made' },
        { expr: sumRate(upstream('envoy_cluster_health_check_failure')), legend: 'failed' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Time to connect, p99',
      description: 'How long it takes to connect to a broker.',
      unit: 's',
      queries: [
        { expr: `${quantile(0.99, upstream('envoy_cluster_upstream_cx_connect_ms_bucket'))} / 1000`, legend: 'p99' },
      ],
      min: 0,
      width: 8,
    },
  ],
};
