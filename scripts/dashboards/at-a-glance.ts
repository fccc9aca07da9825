import type { Section } from './panel.js';
import { broker, percentiles, quantile, sum, sumRate } from './queries.js';

const PUBLISHES = 'grpc_service="waybill.v1.BrokerService", grpc_method=~"Publish|PublishBatch"';
const CALLS = broker('grpc_server_handled_total', 'grpc_service!~"grpc.+"');
const FAILED_CALLS = broker('grpc_server_handled_total', 'grpc_service!~"grpc.+", grpc_code!="OK"');
const PUBLISH_BUCKETS = broker('grpc_server_handling_seconds_bucket', PUBLISHES);
const LATENCY_BUCKETS = broker('waybill_delivery_latency_seconds_bucket');

/** What fits on one screen and tells whether all is well. */
export const AT_A_GLANCE: Section = {
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
