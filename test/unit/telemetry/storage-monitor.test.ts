import { BrokerError } from '../../../src/core/errors.js';
import { StorageMonitor } from '../../../src/telemetry/storage-monitor.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { turns } from '../../support/turns.js';

function setUp(ping: () => Promise<void>) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const changes: (string | undefined)[] = [];
  let pings = 0;
  const monitor = StorageMonitor.start({
    clock,
    logger,
    ping: () => {
      pings++;
      return ping();
    },
    onChange: (failure) => changes.push(failure),
  });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turns(3);
  };
  return { clock, logger, changes, monitor, pings: () => pings, pass };
}

describe('the monitor of the storage', () => {
  it('asks twice a second and has nothing to tell of a storage that answers', async () => {
    const { changes, monitor, pings, pass } = setUp(() => Promise.resolve());
    await pass(500);
    await pass(500);
    expect(pings()).toBe(2);
    expect(changes).toEqual([]);
    await monitor.stop();
  });

  it('tells of a loss and of the return once each', async () => {
    let failure: BrokerError | undefined;
    const { logger, changes, monitor, pass } = setUp(() =>
      failure === undefined ? Promise.resolve() : Promise.reject(failure),
    );
    await pass(500);
    failure = new BrokerError('STORAGE_UNAVAILABLE', 'PostgreSQL cannot be reached');
    for (let i = 0; i < 5; i++) await pass(500);
    expect(changes).toEqual(['PostgreSQL cannot be reached']);
    failure = undefined;
    for (let i = 0; i < 5; i++) await pass(500);
    expect(changes).toEqual(['PostgreSQL cannot be reached', undefined]);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'the storage cannot serve',
      'the storage can serve again',
    ]);
    await monitor.stop();
  });

  it('does not wait longer than a second, asks nothing in between, and counts an answer that comes late', async () => {
    let answer = (): void => {};
    const { changes, monitor, pings, pass } = setUp(() => new Promise((resolve) => (answer = resolve)));
    await pass(500);
    await pass(1_000);
    expect(changes).toEqual(['no answer within 1000 ms']);
    await pass(10_000);
    expect(pings()).toBe(1);
    answer();
    await pass(0);
    expect(changes).toEqual(['no answer within 1000 ms', undefined]);
    await monitor.stop();
  });

  it('keeps raw errors to itself', async () => {
    const { changes, monitor, pass } = setUp(() => Promise.reject(new Error('password=hunter2')));
    await pass(500);
    expect(changes).toEqual(['internal error']);
    await monitor.stop();
  });

  it('leaves no timer behind, and tells nothing more, once it has been stopped', async () => {
    let fail = (_error: Error): void => {};
    const { clock, changes, monitor, pass } = setUp(() => new Promise((_resolve, reject) => (fail = reject)));
    await pass(500);
    await monitor.stop();
    fail(new Error('closed'));
    await pass(0);
    expect(clock.pending).toBe(0);
    expect(changes).toEqual([]);
  });
});
