import { AT_A_GLANCE } from './at-a-glance.js';
import type { Dashboard } from './dashboard.js';
import type { Section } from './panel.js';
import { average, broker, sum, sumRate } from './queries.js';

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
