import { setMaxListeners } from 'node:events';
import type { BenchRun, Scenario } from './scenario.js';
import { forEachWorker, inTurn } from './scenario.js';

/** The first bytes of a body say when it was sent, as milliseconds of this process. */
const SENT_AT_BYTES = 8;

/**
 * One publisher, `clients` subscribers of the same subject: counts deliveries, and samples the time from sending to
 * delivery. The publisher is at most `inFlight` frames of `batch` messages ahead of the slowest subscriber, so that the
 * rate is one that every subscriber can follow.
 */
export const fanoutScenario: Scenario = async (run) => {
  const { clients, parameters, measurement, preparing } = run;
  const subject = inTurn(parameters.subjects, 0);
  const ending = new AbortController();
  const signal = AbortSignal.any([run.signal, ending.signal]);
  setMaxListeners(parameters.clients + 10, signal);
  const received = new Array<number>(parameters.clients).fill(0);
  let confirmed = 0;
  preparing(`opening ${parameters.clients} subscriptions`);
  let allConfirmed: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    allConfirmed = resolve;
  });
  const subscribers = forEachWorker(parameters.clients, async (worker) => {
    const subscription = inTurn(clients, worker).subscribe({ subjects: [subject] }, { signal, resume: false });
    for await (const event of subscription) {
      if (event.kind === 'confirmed' && ++confirmed === parameters.clients) allConfirmed();
      if (event.kind !== 'batch') continue;
      received[worker] = (received[worker] ?? 0) + event.messages.length;
      measurement.add(event.messages.length);
      const last = event.messages.at(-1);
      if (last !== undefined) measurement.latency(performance.now() - last.body.readDoubleLE(0));
    }
  });
  try {
    await Promise.race([ready, subscribers]);
    measurement.start();
    const published = await publishTimed(run, subject, () => Math.min(...received));
    await allReceived(run.signal, () => Math.min(...received) >= published);
    measurement.stop();
  } finally {
    ending.abort();
  }
  await subscribers;
};

/** @param slowest messages that the slowest subscriber has received */
async function publishTimed(
  { clients, parameters, goal, signal }: BenchRun,
  subject: string,
  slowest: () => number,
): Promise<number> {
  const stream = inTurn(clients, 0).publishStream();
  const window = parameters.inFlight * parameters.batch;
  let published = 0;
  let failure: unknown;
  while (failure === undefined && !signal.aborted) {
    await stream.ready();
    await allReceived(signal, () => published - slowest() < window);
    const count = goal.claim(parameters.batch);
    if (count === 0) break;
    const body = Buffer.alloc(Math.max(parameters.size, SENT_AT_BYTES));
    body.writeDoubleLE(performance.now(), 0);
    published += count;
    stream
      .send(Array.from({ length: count }, () => ({ subject, body })))
      .catch((error: unknown) => (failure ??= error));
  }
  await stream.close();
  if (failure !== undefined) throw failure;
  return published;
}

/** Looks again after every turn of the event loop. */
async function allReceived(signal: AbortSignal, condition: () => boolean): Promise<void> {
  while (!signal.aborted && !condition()) await new Promise((resolve) => setImmediate(resolve));
}
