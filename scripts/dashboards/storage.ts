import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { broker, percentiles, quantile, sum, sumRate } from './queries.js';

const DURATION_BUCKETS = 'waybill_storage_operation_duration_seconds_bucket';
const DURATION_COUNT = 'waybill_storage_operation_duration_seconds_count';
/** Questions that the broker asks by itself, all the time. */
const LOOKS = 'operation=~"heads|subjects|settled_time"';

const AVAILABILITY: Section = {
  title: 'Availability',
  panels: [
    {
      kind: 'timeseries',
      title: 'Storage available',
      description: '1 while the storage can serve the replica; it is asked twice a second.',
      unit: 'none',
      queries: [{ expr: broker('waybill_storage_available'), legend: '{{instance}}, {{storage}}' }],
      thresholds: [{ color: 'red' }, { at: 1, color: 'green' }],
      min: 0,
      max: 1,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Failed operations',
      description: 'Operations that failed as a whole, by the reason of the error. Normal: none.',
      unit: 'ops',
      queries: [
        {
          expr: sumRate(broker('waybill_storage_operation_errors_total'), 'operation', 'reason'),
          legend: '{{operation}} {{reason}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Ping duration',
      description: 'How long the storage takes to answer the question whether it can serve: its distance.',
      unit: 's',
      queries: percentiles(broker(DURATION_BUCKETS, 'operation="ping"')),
      min: 0,
      width: 8,
    },
  ],
};

const WRITING: Section = {
  title: 'Writing and batching',
  panels: [
    {
      kind: 'timeseries',
      title: 'Messages of a batch',
      description: 'Of one flush of the batching writer. Batches grow with the load, up to WAYBILL_BATCH_MAX_MESSAGES.',
      unit: 'short',
      queries: percentiles(broker('waybill_batch_messages_bucket')),
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Bytes of a batch',
      description: 'Of one flush of the batching writer, up to WAYBILL_BATCH_MAX_BYTES.',
      unit: 'bytes',
      queries: percentiles(broker('waybill_batch_bytes_bucket')),
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Flush duration',
      description: 'From handing a batch to the storage until it was durable. One flush is under way at a time.',
      unit: 's',
      queries: percentiles(broker('waybill_flush_duration_seconds_bucket')),
      thresholds: [{ color: 'green' }, { at: 0.5, color: 'red' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Flushes',
      description: 'Batches written in a second, by replica.',
      unit: 'wps',
      queries: [{ expr: sumRate(broker('waybill_flush_duration_seconds_count'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Time spent flushing',
      description:
        'Part of the time during which a flush is under way. Near 100 % the storage is what limits publishing.',
      unit: 'percentunit',
      queries: [{ expr: sumRate(broker('waybill_flush_duration_seconds_sum'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      max: 1,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Queue of the writer',
      description: 'How full it is, in messages and in bytes. At 100 % publishes are refused with WRITER_QUEUE_FULL.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${broker('waybill_pending_messages')} / ${broker('waybill_max_pending_messages')}`,
          legend: '{{instance}}, messages',
        },
        {
          expr: `${broker('waybill_pending_bytes')} / ${broker('waybill_max_pending_bytes')}`,
          legend: '{{instance}}, bytes',
        },
      ],
      thresholds: [{ color: 'green' }, { at: 0.8, color: 'red' }],
      min: 0,
      max: 1,
      width: 8,
    },
  ],
};

const OPERATIONS: Section = {
  title: 'Operations',
  panels: [
    {
      kind: 'timeseries',
      title: 'Operations',
      description: 'Everything that is asked of the storage, by operation.',
      unit: 'ops',
      queries: [{ expr: sumRate(broker(DURATION_COUNT), 'operation'), legend: '{{operation}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Operation duration, median',
      description: 'Half of the operations take at most this long; failed ones included.',
      unit: 's',
      queries: [{ expr: quantile(0.5, broker(DURATION_BUCKETS), 'operation'), legend: '{{operation}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Operation duration, p99',
      description: '99 of 100 operations take at most this long; failed ones included.',
      unit: 's',
      queries: [{ expr: quantile(0.99, broker(DURATION_BUCKETS), 'operation'), legend: '{{operation}}' }],
      thresholds: [{ color: 'green' }, { at: 0.5, color: 'red' }],
      min: 0,
      width: 8,
    },
  ],
};

const WAKING: Section = {
  title: 'What other replicas write, and what expires',
  panels: [
    {
      kind: 'timeseries',
      title: 'Hints and polls',
      description:
        'Notifications of the storage about writes, polls, and what polls found before any hint did. Without subscribers nothing is polled; Cassandra gives no hints.',
      unit: 'ops',
      queries: [
        { expr: sumRate(broker('waybill_storage_hints_total')), legend: 'hints' },
        { expr: sumRate(broker('waybill_storage_polls_total'), 'what'), legend: 'polls of {{what}}' },
        { expr: sumRate(broker('waybill_storage_poll_finds_total')), legend: 'found by polls' },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Duration of looks',
      description: 'How long it takes to look for news of other replicas, p99: a poll cannot be faster.',
      unit: 's',
      queries: [{ expr: quantile(0.99, broker(DURATION_BUCKETS, LOOKS), 'operation'), legend: '{{operation}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Watched subjects',
      description: 'Subjects that subscribers watch live, by replica: each has a feed of recent messages in memory.',
      unit: 'short',
      queries: [{ expr: sum(broker('waybill_feeds'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Removal of what has expired',
      description: 'Steps in a second. One a second and replica when there is nothing to remove, more while there is.',
      unit: 'ops',
      queries: [{ expr: sumRate(broker(DURATION_COUNT, 'operation="expire"'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Duration of a step of removal',
      description: 'A step is followed by a pause of its own length, so removal takes at most half of the time.',
      unit: 's',
      queries: percentiles(broker(DURATION_BUCKETS, 'operation="expire"')),
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Time spent removing',
      description:
        'Part of the time during which a step of removal is under way. Near 50 % more expires than is removed.',
      unit: 'percentunit',
      queries: [
        {
          expr: sumRate(broker('waybill_storage_operation_duration_seconds_sum', 'operation="expire"'), 'instance'),
          legend: '{{instance}}',
        },
      ],
      thresholds: [{ color: 'green' }, { at: 0.45, color: 'yellow' }],
      min: 0,
      width: 8,
    },
  ],
};

export const STORAGE: Dashboard = {
  name: 'storage',
  title: 'Waybill: storage',
  description: 'What the brokers ask of their storage, how long it takes, and how writes are batched.',
  job: 'waybill',
  sections: [AVAILABILITY, WRITING, OPERATIONS, WAKING],
};
