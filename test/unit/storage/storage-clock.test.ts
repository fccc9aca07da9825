import { StorageClock } from '../../../src/storage/storage-clock.js';
import { ManualClock } from '../../support/manual-clock.js';

const HOUR_US = 3_600_000_000;

/** Asks a storage whose clock is `aheadUs` ahead; the answer takes `thereMs` and `backMs`. */
function ask(clock: ManualClock, estimate: StorageClock, aheadUs: number, thereMs: number, backMs: number): void {
  const askedMs = clock.monotonicMs();
  clock.advance(thereMs);
  const storageUs = clock.nowUs() + aheadUs;
  clock.advance(backMs);
  estimate.learn(askedMs, storageUs);
}

describe('the clock of a storage', () => {
  it('is the own clock until something was learnt', () => {
    const clock = new ManualClock();
    expect(new StorageClock(clock).nowUs()).toBe(clock.nowUs());
  });

  it('follows a storage that is an hour ahead', () => {
    const clock = new ManualClock();
    const estimate = new StorageClock(clock);
    ask(clock, estimate, HOUR_US, 2, 2);
    clock.advance(10_000);
    expect(estimate.nowUs()).toBe(clock.nowUs() + HOUR_US);
  });

  it('trusts the quickest answer', () => {
    const clock = new ManualClock();
    const estimate = new StorageClock(clock);
    ask(clock, estimate, 0, 400, 0);
    ask(clock, estimate, 0, 1, 1);
    ask(clock, estimate, 0, 0, 300);
    clock.advance(1000);
    expect(estimate.nowUs()).toBe(clock.nowUs());
  });

  it('forgets what it knew when the storage goes by another clock, and never goes backwards', () => {
    const clock = new ManualClock();
    const estimate = new StorageClock(clock);
    ask(clock, estimate, HOUR_US, 1, 1);
    const before = estimate.nowUs();
    ask(clock, estimate, 0, 1, 1);
    expect(estimate.nowUs()).toBe(before);
    clock.advance(2 * 3_600_000);
    expect(estimate.nowUs()).toBe(clock.nowUs());
  });
});
