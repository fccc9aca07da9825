import { BrokerError } from '../../../src/core/errors.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import { InstrumentedStorage } from '../../../src/storage/instrumented-storage.js';
import { createMemoryStorage } from '../../../src/storage/memory/index.js';
import { ManualClock } from '../../support/manual-clock.js';

function setUp() {
  const clock = new ManualClock();
  const memory = createMemoryStorage({ clock });
  const measured: unknown[][] = [];
  const storage = new InstrumentedStorage({
    storage: {
      name: memory.name,
      capabilities: memory.capabilities,
      epoch: memory.epoch,
      log: memory.log,
      records: memory.records,
      watch: (listener) => memory.watch(listener),
      nowUs: () => 0,
      close: () => memory.close(),
      ping: () => {
        clock.advance(250);
        return memory.ping();
      },
    },
    clock,
    metrics: { storageOperation: (...call) => void measured.push(call) },
  });
  return { memory, measured, storage };
}

describe('instrumented storage', () => {
  it('measures every operation under its name', async () => {
    const { measured, storage } = setUp();
    const { log, records } = storage;
    await log.append([{ subject: 'a', body: Buffer.from('x'), headers: NO_HEADERS, ttlUs: 0 }]);
    expect((await log.get('a', 1))?.body).toEqual(Buffer.from('x'));
    await log.read([{ subject: 'a', fromId: 1, maxMessages: 1 }], 100);
    await log.heads(['a']);
    await log.subjects({ prefix: '', after: '', limit: 1 });
    await log.idAtTime('a', 0);
    await log.settledTimeUs();
    await log.purge('a', { beforeId: 1, dryRun: true });
    await log.expire();
    await records.commit('p', { puts: [{ key: 'k', value: Buffer.from('v'), ttlUs: 0 }] });
    await records.get('p', 'k');
    await records.scan('p', { from: '', to: '', limit: 1 });
    await storage.close();
    expect(measured.map(([operation]) => operation)).toEqual([
      'append',
      'get',
      'read',
      'heads',
      'subjects',
      'id_at_time',
      'settled_time',
      'purge',
      'expire',
      'record_commit',
      'record_get',
      'record_scan',
    ]);
  });

  it('measures how long an operation took, and why one failed', async () => {
    const { measured, storage } = setUp();
    await storage.ping();
    await storage.close();
    await expect(storage.ping()).rejects.toBeInstanceOf(BrokerError);
    expect(measured).toEqual([
      ['ping', 0.25, undefined],
      ['ping', 0.25, 'STORAGE_UNAVAILABLE'],
    ]);
  });

  it('is the storage that it measures', async () => {
    const { memory, storage } = setUp();
    expect([storage.name, storage.epoch, storage.capabilities]).toEqual(['memory', memory.epoch, memory.capabilities]);
    const hints: unknown[] = [];
    const unwatch = storage.watch((hint) => hints.push(hint));
    await memory.log.append([{ subject: 'a', body: Buffer.from('x'), headers: NO_HEADERS, ttlUs: 0 }]);
    unwatch();
    expect(hints).toEqual([{ kind: 'subject', subject: 'a', lastId: 1 }]);
    await storage.close();
  });
});
