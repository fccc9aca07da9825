import { InvalidArgumentError, Option as Flag, type Command } from 'commander';
import { durationMs, header, positiveNumber, share, wholeNumber } from '../arguments.js';
import { STAMP_BYTES } from './load-messages.js';
import type { LoadSettings } from './load-results.js';

export interface LoadFlags {
  readonly protocol: 'v1' | 'compat';
  readonly connections: number;
  readonly from: number;
  readonly to: number;
  readonly rise: number;
  readonly hold: number;
  readonly warmUp: number;
  readonly fetch: number;
  readonly subscribers: number;
  readonly inFlight: number;
  readonly maxErrors: number;
  readonly body: LoadSettings['body'];
  readonly prefix: string;
  readonly note?: readonly (readonly [string, string])[];
  readonly results?: string;
  readonly report?: string;
}

export function addLoadFlags(command: Command): Command {
  return command
    .option('--protocol <name>', 'v1, or compat for the original contract (broker.Broker)', protocol, 'v1')
    .option('--connections <number>', 'connections that calls and subscriptions are spread over', positiveNumber, 4)
    .option('--from <rate>', 'calls per second to begin with', positiveNumber, 100)
    .option('--to <rate>', 'calls per second to rise to', positiveNumber, 1000)
    .addOption(duration('--rise <duration>', 'how long the rate rises', 10))
    .addOption(duration('--hold <duration>', 'how long it then stays', 20))
    .addOption(duration('--warm-up <duration>', 'how long to call at the first rate before anything is measured', 2))
    .addOption(percentage('--fetch <share>', 'how many of the calls fetch what was published before', 0))
    .option('--subscribers <number>', 'subscriptions, each of one of the 160 subjects in turn', wholeNumber, 0)
    .option('--in-flight <number>', 'calls that may be unanswered; what is due beyond is dropped', positiveNumber, 1000)
    .addOption(percentage('--max-errors <share>', 'stop when more of the last 5 s was not served', 5))
    .addOption(
      new Flag('--body <bytes>', 'size of bodies, such as 5-15, or 1024 for all')
        .default({ min: 5, max: 15 }, '5-15')
        .argParser(bodyBytes),
    )
    .option('--prefix <text>', 'what the subjects begin with', 'load.')
    .option('--note <name:value>', 'keep this with the results; may be repeated', header)
    .option('--results <file>', 'write the results as JSON, for "waybill load compare"')
    .option('--report <file>', 'write a report as one HTML file');
}

function duration(flags: string, description: string, seconds: number): Flag {
  return new Flag(flags, description).default(seconds * 1000, `${seconds}s`).argParser(durationMs);
}

function percentage(flags: string, description: string, percent: number): Flag {
  return new Flag(flags, description).default(percent / 100, `${percent}%`).argParser(share);
}

export function settingsOf(flags: LoadFlags): LoadSettings {
  const { protocol, connections, from, to, rise, hold, warmUp, fetch, subscribers, inFlight, maxErrors, body } = flags;
  return {
    ...{ protocol, connections, from, to, warmUpMs: warmUp, riseMs: rise, holdMs: hold },
    ...{ fetchShare: fetch, subscribers, maxInFlight: inFlight, maxErrors, body },
  };
}

function protocol(text: string): 'v1' | 'compat' {
  if (text !== 'v1' && text !== 'compat') throw new InvalidArgumentError('Not one of v1 and compat.');
  return text;
}

function bodyBytes(text: string): LoadSettings['body'] {
  const [, least, most = least] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(text) ?? [];
  const [min, max] = [Number(least), Number(most)];
  if (Number.isNaN(min)) throw new InvalidArgumentError('Not a size in bytes such as 1024, or a range such as 5-15.');
  if (min < STAMP_BYTES) throw new InvalidArgumentError(`At least ${STAMP_BYTES} bytes, which say when it was sent.`);
  if (max < min) throw new InvalidArgumentError('The range ends before it begins.');
  return { min, max };
}
