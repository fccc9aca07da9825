import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { average, broker, percentiles, quantile, sum, sumRate } from './queries.js';

const PUBLISHES = 'grpc_service="waybill.v1.BrokerService", grpc_method=~"Publish|PublishBatch"';
const CALLS = broker('grpc_server_handled_total', 'grpc_service!~"grpc.+"');
const FAILED_CALLS = broker('grpc_server_handled_total', 'grpc_service!~"grpc.+", grpc_code!="OK"');
const PUBLISH_BUCKETS = broker('grpc_server_handling_seconds_bucket', PUBLISHES);
const LATENCY_BUCKETS = broker('waybill_delivery_latency_seconds_bucket');

const AT_A_GLANCE: Section = {
  title: 'At a glance',
  panels: [
    {
      kind: 'stat',
      title: 'Replicas',
      description: 'Brokers whose metrics Prometheus can read. Normal: as many as are deployed.',
      unit: 'none',
      queries: [{ expr: `sum(${broker('up')})`, legend: 'replicas' }],
      thresholds: [{ color: 'red' }, { at: 1, color: 'green' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Storage',
      description: 'Whether the storage can serve every replica. Publishes fail while it cannot.',
      unit: 'none',
      queries: [{ expr: `min(${broker('waybill_storage_available')})`, legend: 'storage' }],
      thresholds: [{ color: 'red' }, { at: 1, color: 'green' }],
      texts: { 0: 'unavailable', 1: 'available' },
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Published',
      description: 'Messages written to the storage in a second, by all protocols.',
      unit: 'cps',
      queries: [{ expr: sumRate(broker('waybill_messages_published_total')), legend: 'published' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Delivered',
      description: 'Messages handed to subscribers in a second: each message once for each of its subscribers.',
      unit: 'cps',
      queries: [{ expr: sumRate(broker('waybill_messages_delivered_total')), legend: 'delivered' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Subscribers',
      description: 'Open subscriptions of all replicas.',
      unit: 'short',
      queries: [{ expr: sum(broker('waybill_active_subscribers')), legend: 'subscribers' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Publish, p99',
      description: '99 of 100 unary publishes are answered, hence stored, within this time. The objective is 102 ms.',
      unit: 's',
      queries: [{ expr: quantile(0.99, PUBLISH_BUCKETS), legend: 'p99' }],
      thresholds: [{ color: 'green' }, { at: 0.05, color: 'yellow' }, { at: 0.1024, color: 'red' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Failed calls',
      description: 'Part of the gRPC calls that end with another status than OK, whoever is to blame.',
      unit: 'percentunit',
      queries: [{ expr: `(${sumRate(FAILED_CALLS)} or vector(0)) / ${sumRate(CALLS)}`, legend: 'failed' }],
      thresholds: [{ color: 'green' }, { at: 0.01, color: 'yellow' }, { at: 0.05, color: 'red' }],
      width: 3,
    },
    {
      kind: 'stat',
      title: 'Alerts',
      description: 'Alerts that fire now and that somebody should look at: docs/operations/alerts.md.',
      unit: 'none',
      queries: [{ expr: 'count(ALERTS{alertstate="firing", severity!="info"}) or vector(0)', legend: 'firing' }],
      thresholds: [{ color: 'green' }, { at: 1, color: 'red' }],
      width: 3,
    },
    {
      kind: 'timeseries',
      title: 'Messages',
      description:
        'Published, and delivered live or read from the log: by replay, by subscribers that fell behind, and what other replicas wrote.',
      unit: 'cps',
      queries: [
        { expr: sumRate(broker('waybill_messages_published_total')), legend: 'published' },
        { expr: sumRate(broker('waybill_messages_delivered_total'), 'source'), legend: 'delivered, {{source}}' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Publish duration',
      description: 'Of unary publishes, from the start of the call to its answer, when the message is stored.',
      unit: 's',
      queries: percentiles(PUBLISH_BUCKETS),
      thresholds: [{ color: 'green' }, { at: 0.1024, color: 'red' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Delivery latency',
      description:
        'From the time of publishing to the hand-over to the subscribers of the same replica, once per flush. Others add the wake-up, or the poll.',
      unit: 's',
      queries: percentiles(LATENCY_BUCKETS),
      thresholds: [{ color: 'green' }, { at: 1, color: 'red' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Messages not published',
      description: 'Messages that were refused or could not be written, by the reason of the error: docs/errors.md.',
      unit: 'cps',
      queries: [{ expr: sumRate(broker('waybill_publish_failures_total'), 'reason'), legend: '{{reason}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Calls that fail, by status',
      description: 'Calls with another status than OK, by method. Canceled is how clients end subscriptions.',
      unit: 'reqps',
      queries: [{ expr: sumRate(FAILED_CALLS, 'grpc_method', 'grpc_code'), legend: '{{grpc_method}} {{grpc_code}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Lag',
      description:
        'How often subscribers were too slow for live delivery and went on from the log, and how many messages wait for the storage.',
      unit: 'short',
      queries: [
        { expr: sumRate(broker('waybill_fell_behind_total')), legend: 'fell behind, per second' },
        { expr: sum(broker('waybill_pending_messages')), legend: 'waiting for the storage' },
      ],
      min: 0,
      width: 8,
    },
  ],
};

const CALLS_BY_METHOD: Section = {
  title: 'Calls',
  panels: [
    {
      kind: 'timeseries',
      title: 'Call rate',
      description: 'Calls of the broker that ended, by method and success, of both contracts.',
      unit: 'reqps',
      queries: [
        { expr: sumRate(broker('method_count'), 'method', 'success'), legend: '{{method}}, success {{success}}' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Publish duration, last minutes',
      description: 'Quantiles over the last five to ten minutes that each replica tells itself; the worst replica.',
      unit: 's',
      queries: [
        { expr: `max by (quantile) (${broker('method_duration', 'method="Publish"')})`, legend: 'p{{quantile}}' },
        { expr: average('method_duration', 'method="Publish"'), legend: 'average' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Fetch duration, last minutes',
      description: 'Quantiles over the last five to ten minutes that each replica tells itself; the worst replica.',
      unit: 's',
      queries: [
        { expr: `max by (quantile) (${broker('method_duration', 'method="Fetch"')})`, legend: 'p{{quantile}}' },
        { expr: average('method_duration', 'method="Fetch"'), legend: 'average' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Active subscribers',
      description: 'Open subscriptions by replica. They spread again as connections are renewed.',
      unit: 'short',
      queries: [{ expr: sum(broker('active_subscribers'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Calls under way',
      description: 'Calls and streams that began and did not end yet, by method.',
      unit: 'short',
      queries: [
        {
          expr: `${sum(broker('grpc_server_started_total'), 'grpc_method')} - on (grpc_method) (${sum(broker('grpc_server_handled_total'), 'grpc_method')} or 0 * ${sum(broker('grpc_server_started_total'), 'grpc_method')})`,
          legend: '{{grpc_method}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Bytes published',
      description: 'Bytes of published messages, bodies and headers.',
      unit: 'Bps',
      queries: [{ expr: sumRate(broker('waybill_published_bytes_total'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
  ],
};

const REPLICAS: Section = {
  title: 'Replicas and clients',
  panels: [
    {
      kind: 'timeseries',
      title: 'Published by replica',
      description: 'Messages written, by replica. Even, as long as clients are spread evenly.',
      unit: 'cps',
      queries: [{ expr: sumRate(broker('waybill_messages_published_total'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Refused clients',
      description:
        'Wrong credentials by protocol, actions that no rule allows, and messages over the limit of their client.',
      unit: 'cps',
      queries: [
        {
          expr: sumRate(broker('waybill_authentication_failures_total'), 'protocol'),
          legend: 'credentials, {{protocol}}',
        },
        { expr: `${sumRate(broker('waybill_permission_denials_total'), 'verb')} > 0`, legend: 'not allowed: {{verb}}' },
        { expr: sumRate(broker('waybill_rate_limited_messages_total'), 'rate'), legend: 'too many {{rate}}' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Running since',
      description: 'Age and version of each replica. A line that drops to zero is a restart.',
      unit: 's',
      queries: [
        {
          expr: `(time() - ${broker('process_start_time_seconds')}) * on (instance) group_left (version) ${broker('waybill_build_info')}`,
          legend: '{{instance}}, {{version}}',
        },
      ],
      min: 0,
      width: 8,
    },
  ],
};

export const OVERVIEW: Dashboard = {
  name: 'overview',
  title: 'Waybill: overview',
  description: 'Whether messages flow, how fast, and what fails.',
  job: 'waybill',
  sections: [AT_A_GLANCE, CALLS_BY_METHOD, REPLICAS],
};
