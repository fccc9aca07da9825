import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { durationMs, positiveNumber, sizeBytes } from '../arguments.js';
import { fanoutScenario } from '../bench/fanout.js';
import { Goal } from '../bench/goal.js';
import { Measurement } from '../bench/measurement.js';
import { showProgress } from '../bench/progress.js';
import { publishScenario } from '../bench/publish.js';
import { reportBench } from '../bench/report.js';
import type { BenchParameters, Scenario } from '../bench/scenario.js';
import { streamScenario } from '../bench/stream.js';
import { subscribeScenario } from '../bench/subscribe.js';
import { clientCommand, withClient } from '../client-command.js';
import type { Terminal } from '../terminal.js';

interface BenchFlags {
  readonly clients: number;
  readonly connections: number;
  readonly size: number;
  readonly count?: number;
  readonly duration?: number;
  readonly inFlight: number;
  readonly batch: number;
  readonly subjects: number;
}

interface ScenarioFacts {
  readonly name: string;
  readonly description: string;
  readonly scenario: Scenario;
  readonly clients: number;
  readonly inFlight: number;
}

const SCENARIOS: readonly ScenarioFacts[] = [
  {
    name: 'publish',
    description: 'single publishes, each acknowledged',
    scenario: publishScenario,
    clients: 1,
    inFlight: 64,
  },
  {
    name: 'stream',
    description: 'pipelined publishing through streams, each message acknowledged',
    scenario: streamScenario,
    clients: 1,
    inFlight: 16,
  },
  {
    name: 'subscribe',
    description: 'reading stored messages from the oldest on',
    scenario: subscribeScenario,
    clients: 1,
    inFlight: 16,
  },
  {
    name: 'fanout',
    description: 'one publisher, many subscribers of the same subject',
    scenario: fanoutScenario,
    clients: 100,
    inFlight: 4,
  },
];

const DEFAULT_DURATION_MS = 5000;

export function benchCommand(terminal: Terminal): Command {
  const bench = new Command('bench').description(
    'measure the server; subjects begin with "bench." and are purged afterwards',
  );
  for (const facts of SCENARIOS) bench.addCommand(scenarioCommand(terminal, facts));
  return bench;
}

function scenarioCommand(terminal: Terminal, facts: ScenarioFacts): Command {
  const { command, flags: configFlags } = clientCommand(facts.name, facts.description);
  return command
    .option('--clients <number>', 'publishers or subscribers at the same time', positiveNumber, facts.clients)
    .option('--connections <number>', 'connections that they share', positiveNumber, 1)
    .option('--size <size>', 'size of a body', sizeBytes, 100)
    .option('--count <number>', 'end after so many messages', positiveNumber)
    .option('--duration <duration>', 'end after this time (default: 5s unless --count is given)', durationMs)
    .option(
      '--in-flight <number>',
      'calls or frames of a client that are not yet answered',
      positiveNumber,
      facts.inFlight,
    )
    .option('--batch <number>', 'messages in a frame of a stream', positiveNumber, 256)
    .option('--subjects <number>', 'subjects to spread over', positiveNumber, 1)
    .action((flags: BenchFlags) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, openClient, output, signal }) => {
        const parameters = parametersOf(flags);
        const clients = [client, ...Array.from({ length: flags.connections - 1 }, openClient)];
        const measurement = new Measurement();
        const unlimited = flags.count === undefined ? DEFAULT_DURATION_MS : Infinity;
        const goal = new Goal(flags.count ?? Infinity, flags.duration ?? unlimited);
        const hideProgress = showProgress(terminal, goal, measurement);
        try {
          await facts.scenario({
            clients,
            parameters,
            measurement,
            goal,
            signal,
            preparing: (what) => output.notice(what),
          });
          measurement.stop();
        } finally {
          hideProgress();
          for (const subject of parameters.subjects) {
            await client.admin.purgeSubject({ subject, execute: true }).catch(() => undefined);
          }
        }
        await reportBench(output, { name: facts.name, parameters, measurement });
      }),
    );
}

function parametersOf({ clients, connections, size, inFlight, batch, count, subjects }: BenchFlags): BenchParameters {
  const prefix = `bench.${randomBytes(4).toString('hex')}`;
  return {
    clients,
    connections,
    size,
    inFlight,
    batch,
    count,
    subjects: Array.from({ length: subjects }, (_, index) => `${prefix}.${index}`),
  };
}
