import { SharedReads } from '../../../../src/storage/cassandra/shared-reads.js';

/** Reads that are answered when the test says so. */
class PendingReads {
  readonly answers: ((value: number) => void)[] = [];
  readonly read = (): Promise<number> => new Promise((resolve) => this.answers.push(resolve));
}

test('those who ask while a read is under way share the next one', async () => {
  const reads = new SharedReads<number>();
  const pending = new PendingReads();
  const first = reads.read('a', pending.read);
  const later = [reads.read('a', pending.read), reads.read('a', pending.read)];
  expect(pending.answers).toHaveLength(1);
  pending.answers[0]?.(1);
  expect(await first).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(pending.answers).toHaveLength(2);
  pending.answers[1]?.(2);
  expect(await Promise.all(later)).toEqual([2, 2]);
});

test('reads of different keys do not wait for each other, nor for one that has ended', async () => {
  const reads = new SharedReads<number>();
  const pending = new PendingReads();
  const both = [reads.read('a', pending.read), reads.read('b', pending.read)];
  expect(pending.answers).toHaveLength(2);
  for (const answer of pending.answers.splice(0)) answer(1);
  await Promise.all(both);
  void reads.read('a', pending.read);
  expect(pending.answers).toHaveLength(1);
});

test('a read that fails fails for those who share it, and not for the next', async () => {
  const reads = new SharedReads<number>();
  const failing = reads.read('a', () => Promise.reject(new Error('lost')));
  const next = reads.read('a', async () => 3);
  await expect(failing).rejects.toThrow('lost');
  expect(await next).toBe(3);
});
