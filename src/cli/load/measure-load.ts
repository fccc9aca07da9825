import { VERSION } from '../../core/version.js';
import type { WaybillClient } from '../../client/index.js';
import type { ClientContext } from '../client-command.js';
import { ArrivalSchedule } from './arrival-schedule.js';
import { CompatTarget } from './compat-target.js';
import { type LoadFlags, settingsOf } from './load-flags.js';
import { LoadMessages, loadSubjects } from './load-messages.js';
import { loadProgress } from './load-progress.js';
import { LoadRecorder } from './load-recorder.js';
import { figuresOf, type LoadEnd, type LoadResults, percentilesOf } from './load-results.js';
import { LoadRun } from './load-run.js';
import type { LoadTarget } from './load-target.js';
import { thisMachine } from './machine.js';
import { rejectUnreachable, V1Target } from './v1-target.js';

/** Runs one load against the server of `context` and shows its progress. */
export async function measureLoad(context: ClientContext, flags: LoadFlags): Promise<LoadResults> {
  const { client, output, terminal, signal } = context;
  const server = await serverOf(client);
  const schedule = new ArrivalSchedule({
    ...{ warmUpMs: flags.warmUp, from: flags.from, riseMs: flags.rise, to: flags.to, holdMs: flags.hold },
  });
  const subjects = loadSubjects(flags.prefix);
  const recorder = new LoadRecorder(schedule);
  const progress = loadProgress(terminal, output, (schedule.endMs - schedule.measuredFromMs) / 1000);
  const startTime = new Date().toISOString();
  const run = new LoadRun(
    {
      schedule,
      messages: new LoadMessages(subjects, flags.body),
      targets: targetsOf(context, flags),
      subscriptions: Array.from({ length: flags.subscribers }, (_, index) => subjects[index % subjects.length] ?? ''),
      fetchShare: flags.fetch,
      maxInFlight: flags.inFlight,
      maxErrors: flags.maxErrors,
      signal,
      onSecond: (second) => progress.show(second),
      preparing: (what) => output.notice(what),
    },
    recorder,
  );
  let ended: LoadEnd;
  try {
    ended = await run.run();
  } finally {
    progress.stop();
  }
  return {
    format: 1,
    startTime,
    ended,
    version: VERSION,
    machine: thisMachine(),
    ...(server === undefined ? {} : { server }),
    notes: Object.fromEntries(flags.note ?? []),
    settings: settingsOf(flags),
    ...measured(run, recorder, schedule),
  };
}

/** A load that was ended sooner says nothing about the rate that it had reached. */
const LEAST_HOLD_SECONDS = 1;

/** What the results say about the calls. */
function measured(
  run: LoadRun,
  recorder: LoadRecorder,
  schedule: ArrivalSchedule,
): Omit<LoadResults, 'format' | 'startTime' | 'ended' | 'version' | 'machine' | 'notes' | 'settings'> {
  const { publish, fetch, delivery, expectedDeliveries, hold, holdCounts, inTime, failures } = recorder;
  const seconds = run.measuredSeconds;
  const holdSeconds = seconds - (schedule.holdsFromMs - schedule.measuredFromMs) / 1000;
  const untilMs = schedule.measuredFromMs + seconds * 1000;
  const askedSince = (fromMs: number): number => Math.round(schedule.cumulative(untilMs) - schedule.cumulative(fromMs));
  const { all, counts } = recorder.total;
  const asked = askedSince(schedule.measuredFromMs);
  return {
    total: figuresOf({ counts, asked, seconds, answered: inTime.all, latencies: all }),
    ...(holdSeconds >= LEAST_HOLD_SECONDS
      ? {
          hold: figuresOf({
            counts: holdCounts,
            asked: askedSince(schedule.holdsFromMs),
            seconds: holdSeconds,
            answered: inTime.hold,
            latencies: hold,
          }),
        }
      : {}),
    publishMs: percentilesOf(publish),
    ...(fetch.count === 0 ? {} : { fetchMs: percentilesOf(fetch) }),
    ...(run.hasSubscribers
      ? { delivery: { expected: expectedDeliveries, received: delivery.count, latencyMs: percentilesOf(delivery) } }
      : {}),
    startDelayMs: percentilesOf(recorder.startDelay),
    failures: Object.fromEntries(failures),
    seconds: run.seconds,
    latencyBuckets: all.buckets,
  };
}

function targetsOf({ client, openClient, openCompatClient }: ClientContext, flags: LoadFlags): readonly LoadTarget[] {
  if (flags.protocol === 'compat') {
    return Array.from({ length: flags.connections }, () => new CompatTarget(openCompatClient()));
  }
  const others = Array.from({ length: flags.connections - 1 }, () => openClient());
  return [client, ...others].map((each) => new V1Target(each));
}

/** Undefined when the server does not say, which another one, or one that does not allow it, does not. */
async function serverOf(client: WaybillClient): Promise<LoadResults['server'] | undefined> {
  const info = await client.admin.serverInfo().catch((error: unknown) => rejectUnreachable(error));
  if (info === undefined) return undefined;
  return { version: info.version, storage: info.storage.name, durability: info.storage.durability };
}
