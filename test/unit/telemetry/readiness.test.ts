import { BrokerError } from '../../../src/core/errors.js';
import { Readiness } from '../../../src/telemetry/readiness.js';
import { ManualClock } from '../../support/manual-clock.js';

function setUp(ping: () => Promise<void> = () => Promise.resolve()) {
  const clock = new ManualClock();
  let pings = 0;
  const readiness = new Readiness({
    clock,
    ping: () => {
      pings++;
      return ping();
    },
  });
  return { clock, readiness, pings: () => pings };
}

describe('readiness', () => {
  it('is not ready while starting and does not ask the storage', async () => {
    const { readiness, pings } = setUp();
    expect(await readiness.reasons()).toEqual(['starting']);
    expect(pings()).toBe(0);
  });

  it('is ready once serving with a storage that answers', async () => {
    const { readiness } = setUp();
    readiness.serving();
    expect(await readiness.reasons()).toEqual([]);
  });

  it('is not ready while draining, for good', async () => {
    const { readiness } = setUp();
    readiness.serving();
    readiness.draining();
    readiness.serving();
    expect(await readiness.reasons()).toEqual(['draining']);
  });

  it('tells why the storage cannot serve, and recovers', async () => {
    let failure: BrokerError | undefined = new BrokerError('STORAGE_UNAVAILABLE', 'storage is closed');
    const { clock, readiness } = setUp(() => (failure === undefined ? Promise.resolve() : Promise.reject(failure)));
    readiness.serving();
    expect(await readiness.reasons()).toEqual(['storage: storage is closed']);
    failure = undefined;
    clock.advance(1_000);
    expect(await readiness.reasons()).toEqual([]);
  });

  it('keeps raw errors to itself', async () => {
    const { readiness } = setUp(() => Promise.reject(new Error('password=hunter2')));
    readiness.serving();
    expect(await readiness.reasons()).toEqual(['storage: internal error']);
  });

  it('asks the storage at most once per second', async () => {
    const { clock, readiness, pings } = setUp();
    readiness.serving();
    await Promise.all([readiness.reasons(), readiness.reasons()]);
    clock.advance(999);
    await readiness.reasons();
    expect(pings()).toBe(1);
    clock.advance(1);
    await readiness.reasons();
    expect(pings()).toBe(2);
  });

  it('does not wait longer than two seconds for the storage', async () => {
    const { clock, readiness } = setUp(() => new Promise(() => {}));
    readiness.serving();
    const reasons = readiness.reasons();
    clock.advance(2_000);
    expect(await reasons).toEqual(['storage: no answer within 2000 ms']);
  });

  it('leaves no timer behind', async () => {
    const { clock, readiness } = setUp();
    readiness.serving();
    await readiness.reasons();
    expect(clock.pending).toBe(0);
  });
});
