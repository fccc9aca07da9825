import type { Clock } from '../../src/core/clock.js';

/** A clock that shows another time of day than `clock`, by `skewUs` microseconds, and runs as fast. */
export function skewedClock(clock: Clock, skewUs: number): Clock {
  return {
    nowUs: () => clock.nowUs() + skewUs,
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
    soon: (callback) => clock.soon(callback),
  };
}
