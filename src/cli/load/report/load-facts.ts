import { formatDurationMs } from '../../../config/duration.js';
import type { LoadResults } from '../load-results.js';

type Fact = readonly [name: string, value: string];

const SURVIVES: Readonly<Record<string, string>> = {
  none: 'nothing survives the process',
  process: 'acknowledged messages survive a kill',
  machine: 'acknowledged messages survive loss of power',
};

export const percentText = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** Where a load has run and against what. */
export function machineFacts({ machine, server, version, startTime, notes }: LoadResults): readonly Fact[] {
  const { cpu, cores, memory, system, node } = machine;
  return [
    ['started', startTime],
    ['load client on', `${cores} × ${cpu}, ${(memory / 2 ** 30).toFixed(1)} GiB`],
    ['system', `${system}, Node ${node}`],
    ['load client', `waybill ${version}`],
    ['server', server === undefined ? 'does not tell' : `waybill ${server.version}`],
    ...(server === undefined ? [] : [['storage', `${server.storage}: ${SURVIVES[server.durability] ?? ''}`] as const]),
    ...Object.entries(notes),
  ];
}

/** What a load was asked to do. */
export function settingsFacts({ settings }: LoadResults): readonly Fact[] {
  const { protocol, connections, from, to, warmUpMs, riseMs, holdMs } = settings;
  const { fetchShare, subscribers, maxInFlight, maxErrors, body } = settings;
  const time = formatDurationMs;
  return [
    ['protocol', protocol === 'v1' ? 'waybill.v1' : 'broker.Broker (compat)'],
    [
      'rate',
      `${from}/s rising to ${to}/s in ${time(riseMs)}, held ${time(holdMs)}, after ${time(warmUpMs)} of warm-up`,
    ],
    ['connections', String(connections)],
    ['fetches', percentText(fetchShare)],
    ['subscribers', String(subscribers)],
    ['bodies', body.min === body.max ? `${body.min} bytes` : `${body.min} to ${body.max} bytes`],
    ['most calls in flight', String(maxInFlight)],
    ['stops above', `${percentText(maxErrors)} errors`],
  ];
}
