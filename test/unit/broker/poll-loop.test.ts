import { PollLoop } from '../../../src/broker/poll-loop.js';
import { ManualClock } from '../../support/manual-clock.js';
import { turns } from '../../support/turns.js';

class Polled {
  readonly clock = new ManualClock();
  needed = true;
  looks = 0;
  /** What a look does. */
  look: () => Promise<number> = () => Promise.resolve(1);
  readonly loop = new PollLoop({
    clock: this.clock,
    intervalMs: 250,
    needed: () => this.needed,
    cycle: () => {
      this.looks++;
      return this.look();
    },
  });

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      this.clock.advance(10);
      await turns(1);
    }
  }
}

describe('a poll', () => {
  let polled: Polled;

  beforeEach(() => {
    polled = new Polled();
    polled.loop.wake();
  });

  afterEach(() => {
    polled.loop.stop();
    expect(polled.clock.pending).toBe(0);
  });

  it('looks an interval after it was woken, and then every interval', async () => {
    await polled.pass(240);
    expect(polled.looks).toBe(0);
    await polled.pass(10);
    expect(polled.looks).toBe(1);
    await polled.pass(1_000);
    expect(polled.looks).toBe(5);
  });

  it('looks once at a time, and again an interval after the last look has ended', async () => {
    let finish = (_pages: number): void => {};
    polled.look = () => new Promise((resolve) => (finish = resolve));
    await polled.pass(10_000);
    polled.loop.wake();
    await polled.pass(1_000);
    expect(polled.looks).toBe(1);
    finish(1);
    await polled.pass(240);
    expect(polled.looks).toBe(1);
    await polled.pass(20);
    expect(polled.looks).toBe(2);
    finish(1);
    await turns(2);
  });

  it('rests for longer after a look that took many pages', async () => {
    polled.look = () => Promise.resolve(200);
    await polled.pass(250);
    await polled.pass(1_990);
    expect(polled.looks).toBe(1);
    await polled.pass(20);
    expect(polled.looks).toBe(2);
  });

  it('goes on after failures, at least once a second', async () => {
    polled.look = () => Promise.reject(new Error('away'));
    await polled.pass(10_250);
    expect(polled.looks).toBeGreaterThanOrEqual(10);
    expect(polled.looks).toBeLessThanOrEqual(41);
  });

  it('rests for good while nobody needs it, until it is woken', async () => {
    polled.needed = false;
    await polled.pass(500);
    expect(polled.clock.pending).toBe(0);
    polled.needed = true;
    polled.loop.wake();
    await polled.pass(250);
    expect(polled.looks).toBe(1);
  });
});
