import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { broker, rate, sumRate } from './queries.js';

const LIMITED = [{ color: 'green' }, { at: 0.8, color: 'yellow' }, { at: 0.9, color: 'red' }] as const;

const TIME: Section = {
  title: 'Time',
  panels: [
    {
      kind: 'timeseries',
      title: 'Event loop lag',
      description:
        'How late the event loop comes, measured every 10 ms: an idle process shows 10 ms. Everything that the broker does waits as long.',
      unit: 's',
      queries: [
        { expr: broker('nodejs_eventloop_lag_p50_seconds'), legend: '{{instance}}, p50' },
        { expr: broker('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}, p99' },
      ],
      thresholds: [{ color: 'green' }, { at: 0.1, color: 'red' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Longest stall',
      description: 'The longest that the event loop was late between two scrapes.',
      unit: 's',
      queries: [{ expr: broker('nodejs_eventloop_lag_max_seconds'), legend: '{{instance}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'CPU',
      description:
        'Cores in use. One broker turns one core into work, and some of another into encryption and garbage collection.',
      unit: 'none',
      queries: [
        { expr: rate(broker('process_cpu_user_seconds_total')), legend: '{{instance}}, user' },
        { expr: rate(broker('process_cpu_system_seconds_total')), legend: '{{instance}}, system' },
      ],
      min: 0,
      width: 8,
    },
  ],
};

const MEMORY: Section = {
  title: 'Memory',
  panels: [
    {
      kind: 'timeseries',
      title: 'Memory in use',
      description: 'Resident memory, of what the container or the machine has. At 100 % the system ends the process.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${broker('process_resident_memory_bytes')} / ${broker('waybill_memory_limit_bytes')}`,
          legend: '{{instance}}',
        },
      ],
      thresholds: LIMITED,
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Heap in use',
      description: 'Of the largest heap that Node allows. At 100 % Node ends the process.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${broker('nodejs_heap_size_used_bytes')} / ${broker('waybill_heap_limit_bytes')}`,
          legend: '{{instance}}',
        },
      ],
      thresholds: LIMITED,
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Memory by use',
      description: 'Resident memory in all, the heap, and buffers outside of it, such as bodies of messages.',
      unit: 'bytes',
      queries: [
        { expr: broker('process_resident_memory_bytes'), legend: '{{instance}}, resident' },
        { expr: broker('nodejs_heap_size_used_bytes'), legend: '{{instance}}, heap' },
        { expr: broker('nodejs_external_memory_bytes'), legend: '{{instance}}, external' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Heap by space',
      description: 'What lives long is in old space: it should not grow for ever.',
      unit: 'bytes',
      queries: [{ expr: `sum by (space) (${broker('nodejs_heap_space_size_used_bytes')})`, legend: '{{space}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Time spent collecting garbage',
      description: 'Part of the time, by kind of collection. Normal: a few per cent; major ones are rare.',
      unit: 'percentunit',
      queries: [
        {
          expr: sumRate(broker('nodejs_gc_duration_seconds_sum'), 'instance', 'kind'),
          legend: '{{instance}}, {{kind}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Collections',
      description: 'Garbage collections in a second, by kind.',
      unit: 'ops',
      queries: [
        {
          expr: sumRate(broker('nodejs_gc_duration_seconds_count'), 'instance', 'kind'),
          legend: '{{instance}}, {{kind}}',
        },
      ],
      min: 0,
      width: 8,
    },
  ],
};

const CONNECTIONS: Section = {
  title: 'Connections and files',
  panels: [
    {
      kind: 'timeseries',
      title: 'Connections',
      description: 'Open connections by protocol. Behind Envoy there are few of gRPC, with many streams each.',
      unit: 'short',
      queries: [
        { expr: broker('waybill_grpc_connections'), legend: '{{instance}}, gRPC' },
        { expr: broker('waybill_tcp_connections'), legend: '{{instance}}, TCP' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Refused connections',
      description: 'Connections closed at once, because there were too many in all or from one address. Normal: none.',
      unit: 'cps',
      queries: [
        {
          expr: sumRate(broker('waybill_connections_refused_total'), 'instance', 'protocol'),
          legend: '{{instance}}, {{protocol}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'File descriptors in use',
      description: 'Connections and files, of what the process may have open.',
      unit: 'percentunit',
      queries: [{ expr: `${broker('process_open_fds')} / ${broker('process_max_fds')}`, legend: '{{instance}}' }],
      thresholds: LIMITED,
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Subscriptions in use',
      description: 'Of the subscriptions that a replica may have.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${broker('waybill_active_subscribers')} / ${broker('waybill_max_subscriptions')}`,
          legend: '{{instance}}',
        },
      ],
      thresholds: LIMITED,
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Handles and timers',
      description: 'What keeps the event loop going, by type. A type that only ever grows is a leak.',
      unit: 'short',
      queries: [{ expr: `sum by (type) (${broker('nodejs_active_resources')})`, legend: '{{type}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Certificates expire in',
      description: 'Time left of the first certificate to expire of the chain in use; empty without TLS.',
      unit: 's',
      queries: [
        {
          expr: `${broker('waybill_tls_certificate_expiry_timestamp_seconds')} - time()`,
          legend: '{{instance}}, {{protocol}}',
        },
      ],
      thresholds: [{ color: 'red' }, { at: 2 * 86_400, color: 'yellow' }, { at: 14 * 86_400, color: 'green' }],
      width: 8,
    },
  ],
};

export const NODE: Dashboard = {
  name: 'node',
  title: 'Waybill: processes',
  description: 'What the processes of the brokers use, and how close they are to what they may use.',
  job: 'waybill',
  sections: [TIME, MEMORY, CONNECTIONS],
};
