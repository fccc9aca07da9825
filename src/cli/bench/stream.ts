import { forEachWorker, inTurn, type Scenario } from './scenario.js';

/** PublishStream: each client keeps `inFlight` frames of `batch` messages going, as far as the credit allows. */
export const streamScenario: Scenario = async ({ clients, parameters, measurement, goal, signal }) => {
  const body = Buffer.alloc(parameters.size, 'x');
  measurement.start();
  await forEachWorker(parameters.clients, async (worker) => {
    const stream = inTurn(clients, worker).publishStream();
    const subject = inTurn(parameters.subjects, worker);
    const messages = Array.from({ length: parameters.batch }, () => ({ subject, body }));
    let failure: unknown;
    let inFlight = 0;
    let wake: (() => void) | undefined;
    const send = async (count: number): Promise<void> => {
      const startMs = performance.now();
      try {
        const { failures } = await stream.send(count === messages.length ? messages : messages.slice(0, count));
        failure ??= failures[0]?.error;
        measurement.latency(performance.now() - startMs);
        measurement.add(count - failures.length);
      } catch (error) {
        failure ??= error;
      }
      inFlight--;
      wake?.();
    };
    while (failure === undefined && !signal.aborted) {
      await stream.ready();
      if (inFlight >= parameters.inFlight) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const count = goal.claim(parameters.batch);
      if (count === 0) break;
      inFlight++;
      void send(count);
    }
    await stream.close();
    if (failure !== undefined) throw failure;
  });
};
