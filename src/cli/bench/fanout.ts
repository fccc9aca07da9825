import { setMaxListeners } from 'node:events';
import { Deliveries } from './deliveries.js';
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
  const deliveries = new Deliveries(parameters.clients);
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
      deliveries.add(worker, event.messages.length);
      measurement.add(event.messages.length);
      const last = event.messages.at(-1);
      if (last !== undefined) measurement.latency(performance.now() - last.body.readDoubleLE(0));
    }
  });
  // Whatever fails ends the rest, so that nobody waits for deliveries that do not come.
  const end = (): void => ending.abort();
  subscribers.catch(end);
  try {
    await Promise.race([ready, subscribers]);
    measurement.start();
    const published = await publishTimed({ ...run, signal }, { subject, deliveries, end });
    await Promise.race([deliveries.reach(published, signal), subscribers]);
    measurement.stop();
  } finally {
    end();
  }
  await subscribers;
};

/** Publishes until the goal is reached, and answers how many messages that were. */
async function publishTimed(
  { clients, parameters, goal, signal }: BenchRun,
  { subject, deliveries, end }: { subject: string; deliveries: Deliveries; end: () => void },
): Promise<number> {
  const stream = inTurn(clients, 0).publishStream();
  const window = parameters.inFlight * parameters.batch;
  let published = 0;
  let failure: unknown;
  while (failure === undefined && !signal.aborted) {
    await stream.ready();
    await deliveries.reach(published - window, signal);
    const count = goal.claim(parameters.batch);
    if (count === 0) break;
    const body = Buffer.alloc(Math.max(parameters.size, SENT_AT_BYTES));
    body.writeDoubleLE(performance.now(), 0);
    published += count;
    const fail = (error: unknown): void => {
      failure ??= error;
      if (failure !== undefined) end();
    };
    stream
      .send(Array.from({ length: count }, () => ({ subject, body })))
      .then(({ failures }) => fail(failures[0]?.error), fail);
  }
  await stream.close();
  if (failure !== undefined) throw failure;
  return published;
}
