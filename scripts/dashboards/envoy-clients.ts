import type { Section } from './panel.js';
import { envoy, percentiles, sum, sumRate, upstream } from './queries.js';

const CLIENTS = 'envoy_http_conn_manager_prefix="grpc"';
const EVENT_BUS = 'envoy_cluster_name="event-bus"';

/** What clients ask of Envoy, and what it refuses. */
export const CALLS_OF_CLIENTS: Section = {
  title: 'Calls of clients',
  panels: [
    {
      kind: 'stat',
      title: 'Calls',
      description: 'Calls of clients that ended in a second, gRPC and gRPC-Web.',
      unit: 'reqps',
      queries: [{ expr: sumRate(envoy('envoy_http_downstream_rq_completed', CLIENTS)), legend: 'calls' }],
      width: 4,
    },
    {
      kind: 'stat',
      title: 'Open streams',
      description: 'Calls and subscriptions of clients that are open now.',
      unit: 'short',
      queries: [{ expr: sum(envoy('envoy_http_downstream_rq_active', CLIENTS)), legend: 'open' }],
      width: 4,
    },
    {
      kind: 'stat',
      title: 'Connections',
      description: 'Connections of gRPC and gRPC-Web clients.',
      unit: 'short',
      queries: [{ expr: sum(envoy('envoy_http_downstream_cx_active', CLIENTS)), legend: 'connections' }],
      width: 4,
    },
    {
      kind: 'stat',
      title: 'Healthy brokers',
      description: 'Replicas that pass the health checks, as the Envoy that sees the fewest sees them.',
      unit: 'none',
      queries: [{ expr: `min(${upstream('envoy_cluster_membership_healthy')})`, legend: 'healthy' }],
      thresholds: [{ color: 'red' }, { at: 1, color: 'green' }],
      width: 4,
    },
    {
      kind: 'stat',
      title: 'Limited',
      description: 'Calls in a second that are over a limit of their client and get RESOURCE_EXHAUSTED.',
      unit: 'reqps',
      queries: [{ expr: sumRate(envoy('envoy_http_local_rate_limit_rate_limited')), legend: 'limited' }],
      thresholds: [{ color: 'green' }, { at: 1, color: 'yellow' }],
      width: 4,
    },
    {
      kind: 'stat',
      title: 'Refused at a circuit breaker',
      description: 'Calls in a second beyond what circuit_breakers allows. Normal: none.',
      unit: 'reqps',
      queries: [
        {
          expr: `${sumRate(upstream('envoy_cluster_upstream_rq_active_overflow'))} + ${sumRate(upstream('envoy_cluster_upstream_rq_pending_overflow'))}`,
          legend: 'refused',
        },
      ],
      thresholds: [{ color: 'green' }, { at: 0.01, color: 'red' }],
      width: 4,
    },
    {
      kind: 'timeseries',
      title: 'Calls by HTTP status',
      description:
        'Ended calls of clients. Those of gRPC are 2xx whatever their gRPC status; 4xx and 5xx are of gRPC-Web and of strangers.',
      unit: 'reqps',
      queries: [
        {
          expr: sumRate(envoy('envoy_http_downstream_rq_xx', CLIENTS), 'envoy_response_code_class'),
          legend: '{{envoy_response_code_class}}xx',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Call duration',
      description:
        'As clients see it, from the first byte of the call to the last of its answer. Subscriptions count with all their life.',
      unit: 's',
      queries: percentiles(envoy('envoy_http_downstream_rq_time_bucket', CLIENTS)).map(({ expr, legend }) => ({
        expr: `${expr} / 1000`,
        legend,
      })),
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Limits',
      description: 'Calls that were let through and calls that were over a limit, by Envoy.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(envoy('envoy_http_local_rate_limit_ok'), 'instance'), legend: '{{instance}}, let through' },
        {
          expr: sumRate(envoy('envoy_http_local_rate_limit_rate_limited'), 'instance'),
          legend: '{{instance}}, limited',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Limits over all Envoys',
      description:
        'Answers of the rate-limit service, empty without one: calls below and over a limit, questions that it did not answer in time, and calls let through because of that.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(upstream('envoy_cluster_ratelimit_ok')), legend: 'let through' },
        { expr: sumRate(upstream('envoy_cluster_ratelimit_over_limit')), legend: 'limited' },
        { expr: sumRate(upstream('envoy_cluster_ratelimit_error')), legend: 'not answered' },
        { expr: sumRate(upstream('envoy_cluster_ratelimit_failure_mode_allowed')), legend: 'let through unasked' },
      ],
      min: 0,
      width: 6,
    },
    {
      kind: 'timeseries',
      title: 'Connections of clients',
      description: 'Open connections of gRPC and gRPC-Web, and of the event bus that is passed through.',
      unit: 'short',
      queries: [
        { expr: sum(envoy('envoy_http_downstream_cx_active', CLIENTS), 'instance'), legend: '{{instance}}, gRPC' },
        {
          expr: sum(envoy('envoy_cluster_upstream_cx_active', EVENT_BUS), 'instance'),
          legend: '{{instance}}, event bus',
        },
      ],
      min: 0,
      width: 6,
    },
    {
      kind: 'timeseries',
      title: 'Broken calls',
      description:
        'Calls that clients reset, connections with protocol errors, and calls whose client was silent for too long.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(envoy('envoy_http_downstream_rq_rx_reset', CLIENTS)), legend: 'reset by clients' },
        { expr: sumRate(envoy('envoy_http_downstream_cx_protocol_error', CLIENTS)), legend: 'protocol errors' },
        { expr: sumRate(envoy('envoy_http_downstream_rq_idle_timeout', CLIENTS)), legend: 'silent for too long' },
      ],
      min: 0,
      width: 6,
    },
    {
      kind: 'timeseries',
      title: 'Bytes',
      description: 'From and to clients of gRPC and gRPC-Web.',
      unit: 'Bps',
      queries: [
        { expr: sumRate(envoy('envoy_http_downstream_cx_rx_bytes_total', CLIENTS)), legend: 'received' },
        { expr: sumRate(envoy('envoy_http_downstream_cx_tx_bytes_total', CLIENTS)), legend: 'sent' },
      ],
      min: 0,
      width: 6,
    },
  ],
};
