import { fillSubject } from './fill.js';
import { forEachWorker, inTurn, type Scenario } from './scenario.js';

/** Replays are measured over so many messages where no number is given. */
const DEFAULT_COUNT = 200_000;
/** The largest batch that a server sends. */
const MAX_BATCH_MESSAGES = 4096;

/** Subscribe from the oldest message: stores `count` messages first, then each client reads them all. */
export const subscribeScenario: Scenario = async (run) => {
  const { clients, parameters, measurement, goal, signal, preparing } = run;
  const { count = DEFAULT_COUNT } = parameters;
  for (const subject of parameters.subjects) {
    preparing(`storing ${count} messages in ${subject}`);
    await fillSubject(run, subject, count);
  }
  measurement.start();
  await forEachWorker(parameters.clients, async (worker) => {
    const subscription = inTurn(clients, worker).subscribe(
      {
        subjects: [inTurn(parameters.subjects, worker)],
        from: 'earliest',
        stopAtHead: true,
        maxBatchMessages: MAX_BATCH_MESSAGES,
      },
      { signal, resume: false },
    );
    for await (const event of subscription) {
      if (event.kind !== 'batch') continue;
      measurement.add(event.messages.length);
      if (goal.expired) break;
    }
  });
};
