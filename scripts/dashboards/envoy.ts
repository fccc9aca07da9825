import type { Dashboard } from './dashboard.js';
import { BROKERS } from './envoy-brokers.js';
import { CALLS_OF_CLIENTS } from './envoy-clients.js';
import type { Section } from './panel.js';
import { envoy, rate, sumRate } from './queries.js';

const EVENT_BUS = 'envoy_cluster_name="event-bus"';

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
  sections: [CALLS_OF_CLIENTS, BROKERS, PROCESS],
};
