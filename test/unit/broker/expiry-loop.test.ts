import { setImmediate as nextTurn } from 'node:timers/promises';
import { ExpiryLoop } from '../../../src/broker/expiry-loop.js';
import { NO_LOGGER, type LogFields } from '../../../src/core/logger.js';
import { ManualClock } from '../../support/manual-clock.js';

function setUp(answers: readonly (boolean | Error)[]) {
  const clock = new ManualClock();
  const warnings: LogFields[] = [];
  let calls = 0;
  const loop = ExpiryLoop.start({
    clock,
    logger: { ...NO_LOGGER, warn: (fields) => void warnings.push(fields) },
    log: {
      expire: () => {
        const answer = answers[calls++] ?? false;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  });
  const advance = async (ms: number) => {
    clock.advance(ms);
    await nextTurn();
  };
  return { clock, loop, warnings, advance, calls: () => calls };
}

describe('expiry loop', () => {
  it('goes on without a rest while there is more to remove', async () => {
    const { advance, calls, loop } = setUp([true, true, true]);
    for (let step = 1; step <= 4; step++) {
      await advance(0);
      expect(calls()).toBe(step);
    }
    await advance(999);
    expect(calls()).toBe(4);
    await advance(1);
    expect(calls()).toBe(5);
    await loop.stop();
  });

  it('pauses as long as a step took', async () => {
    const clock = new ManualClock();
    let calls = 0;
    let finish: (more: boolean) => void = () => {};
    const loop = ExpiryLoop.start({
      clock,
      logger: NO_LOGGER,
      log: {
        expire: () => {
          calls++;
          return new Promise((resolve) => (finish = resolve));
        },
      },
    });
    clock.advance(0);
    clock.advance(40);
    finish(true);
    await nextTurn();
    clock.advance(39);
    expect(calls).toBe(1);
    clock.advance(1);
    expect(calls).toBe(2);
    finish(false);
    await loop.stop();
  });

  it('logs a failure and tries again later and later', async () => {
    const failure = new Error('disk on fire');
    const { advance, calls, loop, warnings } = setUp([failure, failure, failure]);
    await advance(0);
    expect(warnings).toEqual([{ err: failure, retryMs: 1_000 }]);
    await advance(1_000);
    await advance(1_999);
    expect(calls()).toBe(2);
    await advance(1);
    expect(warnings.map(({ retryMs }) => retryMs)).toEqual([1_000, 2_000, 4_000]);
    await advance(4_000);
    await advance(1_000);
    expect(calls()).toBe(5);
    await loop.stop();
  });

  it('waits for the step under way when it stops, and leaves no timer', async () => {
    const clock = new ManualClock();
    let finish: (more: boolean) => void = () => {};
    const loop = ExpiryLoop.start({
      clock,
      logger: NO_LOGGER,
      log: { expire: () => new Promise((resolve) => (finish = resolve)) },
    });
    clock.advance(0);
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await nextTurn();
    expect(stopped).toBe(false);
    finish(true);
    await stopping;
    expect(clock.pending).toBe(0);
  });
});
