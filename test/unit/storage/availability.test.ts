import { BrokerError, toBrokerError } from '../../../src/core/errors.js';
import { Availability } from '../../../src/storage/availability.js';
import { ManualClock } from '../../support/manual-clock.js';

const away = new BrokerError('STORAGE_UNAVAILABLE', 'connection refused');

function setUp() {
  const clock = new ManualClock();
  const changes: boolean[] = [];
  const server = { up: true, probes: 0 };
  const availability = new Availability({
    clock,
    name: 'Store',
    probe: async () => {
      server.probes += 1;
      if (!server.up) throw away;
    },
    translate: toBrokerError,
    isAnswer: (error) => error instanceof BrokerError && error.message === 'busy',
    onChange: (available) => void changes.push(available),
  });
  return { availability, changes, clock, server };
}

/** Lets a probe that has been started come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const lose = (availability: Availability) => availability.run(() => Promise.reject(away)).catch(() => undefined);

describe('the availability of a storage', () => {
  it('passes results and failures of operations on', async () => {
    const { availability } = setUp();
    expect(await availability.run(async () => 5)).toBe(5);
    await expect(availability.run(() => Promise.reject(new Error('x')))).rejects.toMatchObject({ reason: 'INTERNAL' });
    expect(availability.available).toBe(true);
  });

  it('refuses operations at once after the first that could not reach the storage, and says when to try again', async () => {
    const { availability, changes } = setUp();
    await lose(availability);
    const operation = jest.fn(async () => 1);
    await expect(availability.run(operation)).rejects.toMatchObject({
      reason: 'STORAGE_UNAVAILABLE',
      message: 'Store cannot be reached',
      fields: { outcome: 'not_written' },
      retryAfterMs: 500,
    });
    await expect(availability.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
    expect(operation).not.toHaveBeenCalled();
    expect(changes).toEqual([false]);
  });

  it('does not take a storage for lost that has answered', async () => {
    const { availability, changes } = setUp();
    const busy = new BrokerError('STORAGE_UNAVAILABLE', 'busy');
    await expect(availability.run(() => Promise.reject(busy))).rejects.toBe(busy);
    expect(changes).toEqual([]);
  });

  it('probes until the storage is back, one probe at a time and at most a second apart', async () => {
    const { availability, changes, clock, server } = setUp();
    server.up = false;
    await lose(availability);
    await lose(availability);
    for (let second = 1; second <= 20; second += 1) {
      const before = server.probes;
      clock.advance(1000);
      await settled();
      expect(server.probes).toBe(before + 1);
    }
    server.up = true;
    clock.advance(1000);
    await settled();
    expect(changes).toEqual([false, true]);
    expect(await availability.run(async () => 'works')).toBe('works');
  });

  it('waits for what is under way when it closes, and refuses the rest', async () => {
    const { availability } = setUp();
    let finish = (): void => {};
    const running = availability.run(() => new Promise<void>((resolve) => (finish = resolve)));
    let closed = false;
    const closing = availability.close().then(() => (closed = true));
    await expect(availability.run(async () => 1)).rejects.toMatchObject({ message: 'the storage is closed' });
    expect(closed).toBe(false);
    finish();
    await Promise.all([running, closing]);
  });

  it('stops probing when it closes', async () => {
    const { availability, clock, server } = setUp();
    server.up = false;
    await lose(availability);
    await availability.close();
    clock.advance(60_000);
    await settled();
    expect(server.probes).toBe(0);
  });
});
