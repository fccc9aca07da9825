import { forEachWorker, inTurn, type Scenario } from './scenario.js';

/** Unary Publish: each client keeps `inFlight` calls going. */
export const publishScenario: Scenario = async ({ clients, parameters, measurement, goal, signal }) => {
  const body = Buffer.alloc(parameters.size, 'x');
  measurement.start();
  await forEachWorker(parameters.clients * parameters.inFlight, async (worker) => {
    const client = inTurn(clients, worker);
    const subject = inTurn(parameters.subjects, worker);
    while (!signal.aborted && goal.claim(1) === 1) {
      const startMs = performance.now();
      await client.publish({ subject, body });
      measurement.latency(performance.now() - startMs);
      measurement.add(1);
    }
  });
};
