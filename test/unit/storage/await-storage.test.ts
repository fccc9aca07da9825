import { BrokerError } from '../../../src/core/errors.js';
import { awaitStorage } from '../../../src/storage/await-storage.js';
import { createMemoryStorage } from '../../../src/storage/memory/index.js';
import type { Storage } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { turns } from '../../support/turns.js';

const UNREACHABLE = new BrokerError('STORAGE_UNAVAILABLE', 'PostgreSQL cannot be reached');

function setUp(open: (tries: number) => Promise<Storage>) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const stop = new AbortController();
  const told: string[] = [];
  let tries = 0;
  const opened = awaitStorage({
    open: () => open(++tries),
    clock,
    logger,
    signal: stop.signal,
    onUnreachable: (error) => told.push(error.message),
  });
  opened.catch(() => {});
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) {
      clock.advance(100);
      await turns(2);
    }
  };
  return { clock, logger, stop, told, opened, tries: () => tries, pass };
}

describe('waiting for a storage', () => {
  it('opens one that is there at once', async () => {
    const storage = createMemoryStorage({ clock: new ManualClock() });
    const { opened, logger, clock } = setUp(() => Promise.resolve(storage));
    expect(await opened).toBe(storage);
    expect(logger.lines).toEqual([]);
    expect(clock.pending).toBe(0);
    await storage.close();
  });

  it('tries again and again, less and less often, until it can be reached', async () => {
    const storage = createMemoryStorage({ clock: new ManualClock() });
    let away = true;
    const { opened, told, tries, pass } = setUp(() => (away ? Promise.reject(UNREACHABLE) : Promise.resolve(storage)));
    await pass(1_000);
    expect(tries()).toBeGreaterThan(3);
    await pass(59_000);
    // At least a quarter of five seconds lies between two.
    expect(tries()).toBeLessThan(60);
    expect(told).toHaveLength(tries());
    away = false;
    await pass(5_000);
    expect(await opened).toBe(storage);
    await storage.close();
  });

  it('tells of it at first, then every ten seconds or so, and of the end', async () => {
    const storage = createMemoryStorage({ clock: new ManualClock() });
    let away = true;
    const { opened, logger, pass } = setUp(() => (away ? Promise.reject(UNREACHABLE) : Promise.resolve(storage)));
    await pass(60_000);
    const warnings = logger.lines.length;
    expect(warnings).toBeGreaterThan(3);
    expect(warnings).toBeLessThan(8);
    away = false;
    await pass(5_000);
    await opened;
    expect(logger.lines.at(-1)).toMatchObject({ level: 'info', message: 'the storage can be reached' });
    await storage.close();
  });

  it('does not try again what trying again does not help against', async () => {
    const { opened, tries } = setUp(() =>
      Promise.reject(new BrokerError('STORAGE_MISCONFIGURED', 'the password is wrong')),
    );
    await expect(opened).rejects.toMatchObject({ reason: 'STORAGE_MISCONFIGURED' });
    expect(tries()).toBe(1);
  });

  it('ends at once when it is stopped between two tries', async () => {
    const { opened, stop, clock } = setUp(() => Promise.reject(UNREACHABLE));
    await turns(2);
    stop.abort();
    await expect(opened).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(clock.pending).toBe(0);
  });

  it('ends at once when it is stopped during a try, and closes what that opens later', async () => {
    const storage = createMemoryStorage({ clock: new ManualClock() });
    let finish = (_storage: Storage): void => {};
    const { opened, stop } = setUp(() => new Promise((resolve) => (finish = resolve)));
    stop.abort();
    await expect(opened).rejects.toMatchObject({ reason: 'CANCELLED' });
    finish(storage);
    await turns(2);
    await expect(storage.ping()).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
  });
});
