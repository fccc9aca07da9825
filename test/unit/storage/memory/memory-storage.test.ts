import type { BrokerError } from '../../../../src/core/errors.js';
import { createMemoryStorage } from '../../../../src/storage/memory/index.js';
import type { MemoryStorageOptions } from '../../../../src/storage/memory/index.js';
import type { AppendItem, AppendResult } from '../../../../src/storage/storage.js';
import { ManualClock } from '../../../support/manual-clock.js';

const KIB = 1024;
const SECOND_US = 1_000_000;

function open(options: Partial<MemoryStorageOptions> = {}) {
  const clock = new ManualClock();
  return { clock, storage: createMemoryStorage({ clock, ...options }) };
}

function item(subject: string, bytes: number, rest: Partial<AppendItem> = {}): AppendItem {
  return { subject, body: Buffer.alloc(bytes, 1), headers: [], ttlUs: 0, ...rest };
}

const reasonOf = (result: AppendResult | undefined): string =>
  result instanceof Error ? result.reason : `id ${result?.id}`;

const key = (name: string) => ({
  idempotency: { key: name, digest: Buffer.alloc(16), windowUs: 10 * SECOND_US },
});

describe('the bound of a subject', () => {
  test('refuses the item that exceeds it, and only in that subject', async () => {
    const { storage } = open({ maxSubjectBytes: 8 * KIB });
    const results = await storage.log.append([
      item('a', 5 * KIB),
      item('a', 5 * KIB),
      item('a', 10),
      item('b', 5 * KIB),
    ]);
    expect(results.map(reasonOf)).toEqual(['id 1', 'STORAGE_FULL', 'id 2', 'id 1']);
    expect((await storage.log.append([item('a', 5 * KIB)])).map(reasonOf)).toEqual(['STORAGE_FULL']);
  });

  test('gives room back when messages have expired, without a call of expire', async () => {
    const { storage, clock } = open({ maxSubjectBytes: 8 * KIB });
    await storage.log.append([item('a', 5 * KIB, { ttlUs: SECOND_US })]);
    expect((await storage.log.append([item('a', 5 * KIB)])).map(reasonOf)).toEqual(['STORAGE_FULL']);
    clock.advance(1000);
    expect((await storage.log.append([item('a', 5 * KIB)])).map(reasonOf)).toEqual(['id 2']);
  });

  test('gives room back when messages are purged', async () => {
    const { storage } = open({ maxSubjectBytes: 8 * KIB });
    await storage.log.append([item('a', 5 * KIB)]);
    await storage.log.purge('a', { beforeId: 2, dryRun: false });
    expect((await storage.log.append([item('a', 5 * KIB)])).map(reasonOf)).toEqual(['id 2']);
  });

  test('tells a message that never fits from one that does not fit now', async () => {
    const { storage } = open({ maxSubjectBytes: 8 * KIB });
    expect((await storage.log.append([item('a', 9 * KIB)])).map(reasonOf)).toEqual(['MESSAGE_TOO_LARGE']);
  });

  test('counts what tiny messages really occupy', async () => {
    const { storage } = open({ maxSubjectBytes: 64 * KIB });
    let stored = 0;
    while (reasonOf((await storage.log.append([item('a', 1)]))[0]).startsWith('id')) stored += 1;
    expect(stored).toBeLessThan(110);
    expect(stored).toBeGreaterThan(60);
  });

  test('bounds the idempotency keys that are remembered at a time', async () => {
    const { storage, clock } = open({ maxSubjectKeys: 2 });
    const results = await storage.log.append([1, 2, 3].map((name) => item('a', 1, key(String(name)))));
    expect(results.map(reasonOf)).toEqual(['id 1', 'id 2', 'STORAGE_FULL']);
    expect((await storage.log.append([item('a', 1), item('b', 1, key('1'))])).map(reasonOf)).toEqual(['id 3', 'id 1']);
    clock.advance(11_000);
    expect((await storage.log.append([item('a', 1, key('3'))])).map(reasonOf)).toEqual(['id 4']);
  });
});

describe('the bound of the whole storage', () => {
  const full = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'fulfilled',
      (error: BrokerError) => error.reason,
    );

  test('refuses an append as a whole and leaves no trace of it', async () => {
    const { storage } = open({ maxTotalBytes: 16 * KIB });
    await storage.log.append([item('a', 6 * KIB)]);
    const before = storage.usedBytes;
    const fence = { lock: 'l', token: 9 };
    expect(await full(storage.log.append([item('b', 1, { fence, ...key('k') }), item('c', 9 * KIB)]))).toBe(
      'STORAGE_FULL',
    );
    expect(storage.usedBytes).toBe(before);
    expect(await storage.log.subjects({ prefix: '', after: '', limit: 9 })).toMatchObject([
      { subject: 'a', lastId: 1 },
    ]);
    const again = await storage.log.append([item('b', 1, { fence: { lock: 'l', token: 1 }, ...key('k') })]);
    expect(again).toMatchObject([{ id: 1, duplicate: false }]);
  });

  test('makes room from whatever has expired: messages of other subjects, keys and records', async () => {
    const { storage, clock } = open({ maxTotalBytes: 20 * KIB });
    const put = { key: 'k', value: Buffer.alloc(6 * KIB), ttlUs: SECOND_US };
    await storage.records.commit('p', { puts: [put] });
    await storage.log.append([item('a', 6 * KIB, { ttlUs: SECOND_US })]);
    expect(await full(storage.log.append([item('b', 12 * KIB)]))).toBe('STORAGE_FULL');
    clock.advance(1000);
    expect((await storage.log.append([item('b', 12 * KIB)])).map(reasonOf)).toEqual(['id 1']);
  });

  test('refuses records too, but takes what makes room', async () => {
    const { storage } = open({ maxTotalBytes: 16 * KIB });
    const { records } = storage;
    await records.commit('p', { puts: [{ key: 'k', value: Buffer.alloc(10 * KIB), ttlUs: 0 }] });
    const more = { puts: [{ key: 'l', value: Buffer.alloc(10 * KIB), ttlUs: 0 }] };
    expect(await full(records.commit('p', more))).toBe('STORAGE_FULL');
    expect(await full(records.commit('p', { puts: [{ key: 'k', value: Buffer.alloc(KIB), ttlUs: 0 }] }))).toBe(
      'fulfilled',
    );
    expect(await full(records.commit('p', more))).toBe('fulfilled');
  });

  test('is empty again when everything has ended, but for what is remembered for ever', async () => {
    const { storage, clock } = open();
    const ttlUs = SECOND_US;
    await storage.log.append([item('a', 1)]);
    await storage.log.purge('a', { beforeId: 2, dryRun: false });
    const remembered = storage.usedBytes;
    await storage.log.append(
      Array.from({ length: 5000 }, (_, index) => item('a', 50, { ttlUs, ...key(String(index)) })),
    );
    await storage.records.commit('p', { puts: [{ key: 'k', value: Buffer.alloc(9), ttlUs }] });
    expect(storage.usedBytes).toBeGreaterThan(remembered);
    clock.advance(60_000);
    while (await storage.log.expire());
    expect(storage.usedBytes).toBe(remembered);
  });
});

test('what has expired stays expired when the clock is set back', async () => {
  const clock = new ManualClock();
  let backUs = 0;
  const settable = {
    nowUs: () => clock.nowUs() - backUs,
    monotonicMs: () => clock.monotonicMs(),
    after: clock.after.bind(clock),
    soon: clock.soon.bind(clock),
  };
  const storage = createMemoryStorage({ clock: settable });
  const [first] = await storage.log.append([item('a', 1, { ttlUs: SECOND_US })]);
  clock.advance(2000);
  expect(await storage.log.get('a', 1)).toBeUndefined();
  backUs = 3600 * SECOND_US;
  expect(await storage.log.get('a', 1)).toBeUndefined();
  const [second] = await storage.log.append([item('a', 1)]);
  expect((second as { publishTimeUs: number }).publishTimeUs).toBeGreaterThan(
    (first as { publishTimeUs: number }).publishTimeUs + SECOND_US,
  );
});
