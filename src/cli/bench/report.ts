import type { Output } from '../output.js';
import type { Measurement } from './measurement.js';
import type { BenchParameters } from './scenario.js';

/** The result of a benchmark; latencies in milliseconds. */
export async function reportBench(
  output: Output,
  { name, parameters, measurement }: { name: string; parameters: BenchParameters; measurement: Measurement },
): Promise<void> {
  const { messages, seconds, perSecond, latenciesMs } = measurement;
  const { clients, connections, size, inFlight, batch, subjects } = parameters;
  if (output.json) {
    await output.record({
      bench: name,
      clients,
      connections,
      size,
      inFlight,
      batch,
      subjects: subjects.length,
      messages,
      seconds,
      messagesPerSecond: perSecond,
      bytesPerSecond: perSecond * size,
      ...(latenciesMs === undefined ? {} : { latencyMs: latenciesMs }),
    });
    return;
  }
  const shown = (ms: number | undefined): string => (ms === undefined ? '-' : `${ms.toFixed(3)} ms`);
  await output.table(
    ['Bench', 'Messages', 'Seconds', 'Messages/s', 'MiB/s', 'p50', 'p90', 'p99', 'max'],
    [
      [
        name,
        messages,
        seconds.toFixed(2),
        Math.round(perSecond),
        ((perSecond * size) / 2 ** 20).toFixed(1),
        shown(latenciesMs?.p50),
        shown(latenciesMs?.p90),
        shown(latenciesMs?.p99),
        shown(latenciesMs?.max),
      ],
    ],
  );
}
