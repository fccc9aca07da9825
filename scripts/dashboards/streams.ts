import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { broker, quantile, sum, sumRate } from './queries.js';

const STREAM_SERVICE = 'grpc_service="waybill.v1.StreamService"';

const EVENTS: Section = {
  title: 'Events',
  panels: [
    {
      kind: 'timeseries',
      title: 'Events',
      description: 'Written, handed out under a lease, and marked, over whichever protocol.',
      unit: 'cps',
      queries: [
        { expr: sumRate(broker('waybill_events_written_total')), legend: 'written' },
        { expr: sumRate(broker('waybill_events_leased_total')), legend: 'leased' },
        { expr: sumRate(broker('waybill_events_marked_total'), 'status'), legend: 'marked {{status}}' },
      ],
      min: 0,
      width: 12,
    },
    {
      kind: 'timeseries',
      title: 'More written than processed',
      description:
        'Written minus marked as processed, in a second. Above zero for long, processors do not keep up; below, they catch up.',
      unit: 'cps',
      queries: [
        {
          expr: `${sumRate(broker('waybill_events_written_total'))} - (${sumRate(broker('waybill_events_marked_total', 'status="processed"'))} or vector(0))`,
          legend: 'backlog grows by',
        },
      ],
      width: 12,
    },
  ],
};

const GRPC: Section = {
  title: 'Over gRPC',
  panels: [
    {
      kind: 'timeseries',
      title: 'Calls',
      description: 'Calls of the service of streams, by method.',
      unit: 'reqps',
      queries: [
        {
          expr: sumRate(broker('grpc_server_handled_total', STREAM_SERVICE), 'grpc_method'),
          legend: '{{grpc_method}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Call duration, p99',
      description: '99 of 100 unary calls take at most this long, by method.',
      unit: 's',
      queries: [
        {
          expr: quantile(
            0.99,
            broker('grpc_server_handling_seconds_bucket', `${STREAM_SERVICE}, grpc_type="unary"`),
            'grpc_method',
          ),
          legend: '{{grpc_method}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Calls that fail',
      description:
        'Calls with another status than OK. AlreadyExists, Aborted and FailedPrecondition tell of races that clients handle.',
      unit: 'reqps',
      queries: [
        {
          expr: sumRate(
            broker('grpc_server_handled_total', `${STREAM_SERVICE}, grpc_code!="OK"`),
            'grpc_method',
            'grpc_code',
          ),
          legend: '{{grpc_method}} {{grpc_code}}',
        },
      ],
      min: 0,
      width: 8,
    },
  ],
};

const EVENT_BUS: Section = {
  title: 'Over the TCP event bus',
  panels: [
    {
      kind: 'timeseries',
      title: 'Requests',
      description: 'Answered requests by operation; what could not be understood counts as decode_request.',
      unit: 'reqps',
      queries: [{ expr: sumRate(broker('waybill_tcp_requests_total'), 'operation'), legend: '{{operation}}' }],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Request duration, p99',
      description: 'From reading a request to writing its whole answer.',
      unit: 's',
      queries: [
        {
          expr: quantile(0.99, broker('waybill_tcp_request_duration_seconds_bucket'), 'operation'),
          legend: '{{operation}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Requests that fail',
      description: 'Answers that tell of an error, by operation.',
      unit: 'reqps',
      queries: [
        {
          expr: sumRate(broker('waybill_tcp_requests_total', 'outcome="failed"'), 'operation'),
          legend: '{{operation}}',
        },
      ],
      min: 0,
      width: 8,
    },
    {
      kind: 'timeseries',
      title: 'Connections',
      description: 'Open connections of the event bus, by replica.',
      unit: 'short',
      queries: [{ expr: sum(broker('waybill_tcp_connections'), 'instance'), legend: '{{instance}}' }],
      min: 0,
      stacked: true,
      width: 12,
    },
    {
      kind: 'timeseries',
      title: 'Storage of marks and leases, p99',
      description: 'How long reading and committing the records of streams takes.',
      unit: 's',
      queries: [
        {
          expr: quantile(
            0.99,
            broker('waybill_storage_operation_duration_seconds_bucket', 'operation=~"record_.*"'),
            'operation',
          ),
          legend: '{{operation}}',
        },
      ],
      min: 0,
      width: 12,
    },
  ],
};

export const STREAMS: Dashboard = {
  name: 'streams',
  title: 'Waybill: event streams',
  description: 'Streams of events with a status, over gRPC and over the TCP event bus.',
  job: 'waybill',
  sections: [EVENTS, GRPC, EVENT_BUS],
};
