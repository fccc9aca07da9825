import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { envoy, percentiles, quantile, rate, sum, sumRate, upstream } from './queries.js';

const CLIENTS = 'envoy_http_conn_manager_prefix="grpc"';
const EVENT_BUS = 'envoy_cluster_name="event-bus"';

const CALLS: Section = {
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

const BROKERS: Section = {
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

const PROCESS: Section = {
  title: 'Envoy itself',
  panels: [
    {
      kind: 'timeseries',
      title: 'Memory',
      description: 'Allocated by Envoy, and held from the system. Limited by overload_manager.',
      unit: 'bytes',
      queries: [
        { expr: envoy('envoy_server_memory_allocated'), legend: '{{instance}}, allocated' },
        { expr: envoy('envoy_server_memory_physical_size'), legend: '{{instance}}, held' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Overload',
      description: 'Measures that Envoy takes against overload, 1 while one is active. Normal: none.',
      unit: 'none',
      queries: [
        {
          expr: `max by (instance) (${envoy('', '__name__=~"envoy_overload_envoy_overload_actions_.+_active"')})`,
          legend: '{{instance}}',
        },
      ],
      min: 0,
      max: 1,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Running since',
      description: 'Age of each Envoy. A line that drops to zero is a restart.',
      unit: 's',
      queries: [{ expr: envoy('envoy_server_uptime'), legend: '{{instance}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Event bus',
      description: 'Connections that clients of the event bus open in a second, and those that found no broker.',
      unit: 'cps',
      queries: [
        { expr: sumRate(envoy('envoy_cluster_upstream_cx_total', EVENT_BUS)), legend: 'opened' },
        { expr: sumRate(envoy('envoy_cluster_upstream_cx_connect_fail', EVENT_BUS)), legend: 'failed' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Bytes of the event bus',
      description: 'From and to brokers, for clients of the event bus.',
      unit: 'Bps',
      queries: [
        {
          expr: rate(envoy('envoy_cluster_upstream_cx_rx_bytes_total', EVENT_BUS)),
          legend: '{{instance}}, from brokers',
        },
        {
          expr: rate(envoy('envoy_cluster_upstream_cx_tx_bytes_total', EVENT_BUS)),
          legend: '{{instance}}, to brokers',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Exported spans',
      description: 'Spans that Envoy sent to the collector of traces, and those that it dropped.',
      unit: 'ops',
      queries: [
        { expr: sumRate(envoy('envoy_tracing_opentelemetry_spans_sent')), legend: 'sent' },
        { expr: sumRate(envoy('envoy_tracing_opentelemetry_spans_dropped')), legend: 'dropped' },
      ],
      min: 0,
      width: 8,
    },
  ],
};

export const ENVOY: Dashboard = {
  name: 'envoy',
  title: 'Waybill: Envoy',
  description: 'The proxy in front of the brokers: calls of clients, limits, retries, and the brokers as it sees them.',
  job: 'envoy',
  sections: [CALLS, BROKERS, PROCESS],
};
