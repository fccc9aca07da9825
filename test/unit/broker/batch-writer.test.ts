import fc from 'fast-check';
import { BatchWriter, type WrittenBatch } from '../../../src/broker/batch-writer.js';
import { BrokerError } from '../../../src/core/errors.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import type { AppendItem, AppendResult, MessageLog } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { GatedLog } from '../../support/gated-log.js';

const LIMITS = {
  batchMaxMessages: 8,
  batchMaxBytes: 1000,
  batchMaxDelayMs: 0,
  maxPendingMessages: 60,
  maxPendingBytes: 5000,
};

function item(subject: string, name: string, bytes = 1): AppendItem {
  return { subject, body: Buffer.from(name.padEnd(bytes, '.')), headers: NO_HEADERS, ttlUs: 0 };
}

function items(subject: string, prefix: string, count: number): AppendItem[] {
  return Array.from({ length: count }, (_, index) => item(subject, `${prefix}${index}`));
}

const name = ({ body }: AppendItem): string => Buffer.from(body).toString().replaceAll('.', '');

describe('the batching writer', () => {
  let log: GatedLog;
  let clock: ManualClock;
  let batches: WrittenBatch[];

  beforeEach(() => {
    log = new GatedLog();
    clock = new ManualClock();
    batches = [];
  });

  function open(limits: Partial<typeof LIMITS> = {}): BatchWriter {
    return new BatchWriter({
      log: log as unknown as MessageLog,
      clock,
      limits: { ...LIMITS, ...limits },
      onWritten: (batch) => batches.push(batch),
    });
  }

  it('writes what one tick submits together, and what comes meanwhile in the next batch', async () => {
    const writer = open();
    const first = [writer.submit(items('a', 'x', 2)), writer.submit(items('b', 'y', 1))];
    const flush = await log.next();
    expect(flush.items.map(name)).toEqual(['x0', 'x1', 'y0']);
    const second = [writer.submit(items('a', 'z', 1)), writer.submit(items('c', 'w', 1))];
    flush.pass();
    await Promise.all(first);
    const next = await log.next();
    expect(next.items.map(name)).toEqual(['z0', 'w0']);
    next.pass();
    expect(await second[0]).toEqual([expect.objectContaining({ id: 3 })]);
    await writer.close();
    expect(batches.map((batch) => batch.items.length)).toEqual([3, 2]);
  });

  it('splits by messages and by bytes, and writes a message larger than a batch by itself', async () => {
    const writer = open();
    const many = writer.submit(items('a', 'x', 20));
    for (const expected of [8, 8, 4]) {
      const flush = await log.next();
      expect(flush.items).toHaveLength(expected);
      flush.pass();
    }
    expect((await many).map((result) => (result as { id: number }).id)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    const large = writer.submit([item('b', 'p', 600), item('b', 'q', 600), item('b', 'r', 2000)]);
    for (const expected of ['p', 'q', 'r']) {
      const flush = await log.next();
      expect(flush.items.map(name)).toEqual([expected]);
      flush.pass();
    }
    await large;
    await writer.close();
  });

  it('waits for company as long as it was told to', async () => {
    const writer = open({ batchMaxDelayMs: 5 });
    const one = writer.submit(items('a', 'x', 1));
    clock.advance(4);
    const two = writer.submit(items('a', 'y', 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.waiting).toHaveLength(0);
    clock.advance(1);
    const flush = await log.next();
    expect(flush.items.map(name)).toEqual(['x0', 'y0']);
    flush.pass();
    await Promise.all([one, two]);
    await writer.close();
  });

  it('refuses what would exceed its bounds and takes it once there is room', async () => {
    const writer = open({ maxPendingMessages: 10 });
    const accepted = writer.submit(items('a', 'x', 8));
    await expect(writer.submit(items('a', 'y', 3))).rejects.toMatchObject({
      reason: 'WRITER_QUEUE_FULL',
      retryAfterMs: expect.any(Number) as number,
    });
    await expect(writer.submit([item('a', 'big', 6000)])).rejects.toMatchObject({ reason: 'WRITER_QUEUE_FULL' });
    (await log.next()).pass();
    await accepted;
    expect(writer.pendingMessages).toBe(0);
    expect(writer.pendingBytes).toBe(0);
    for (const later of [items('a', 'y', 3), [item('a', 'big', 6000)]]) {
      const taken = writer.submit(later);
      (await log.next()).pass();
      await taken;
    }
    await writer.close();
  });

  it('never writes an item whose deadline has passed', async () => {
    const writer = open();
    const first = writer.submit(items('a', 'x', 1));
    const flush = await log.next();
    const late = writer.submit(items('a', 'late', 2), clock.monotonicMs() + 10);
    const inTime = writer.submit(items('a', 'y', 1), clock.monotonicMs() + 1000);
    clock.advance(10);
    flush.pass();
    await first;
    (await log.next()).pass();
    await inTime;
    const results = await late;
    expect(results).toHaveLength(2);
    for (const result of results) {
      expect(result).toMatchObject({ reason: 'DEADLINE_EXCEEDED', fields: { outcome: 'not_written' } });
    }
    expect(log.written.map(name)).toEqual(['x0', 'y0']);
    expect(writer.pendingMessages).toBe(0);
    await writer.close();
  });

  it('writes what it has accepted before it closes, and nothing after', async () => {
    const writer = open();
    const accepted = writer.submit(items('a', 'x', 20));
    const closed = writer.close();
    await expect(writer.submit(items('a', 'y', 1))).rejects.toMatchObject({ reason: 'SHUTTING_DOWN' });
    for (let i = 0; i < 3; i++) (await log.next()).pass();
    await closed;
    await accepted;
    expect(log.written).toHaveLength(20);
    await writer.close();
  });

  it('tells when a failed flush leaves a submission half written', async () => {
    const writer = open();
    const split = writer.submit(items('a', 'x', 10));
    (await log.next()).pass();
    // True of the second flush, and not of the submission.
    const fields = { outcome: 'not_written' };
    (await log.next()).fail(new BrokerError('STORAGE_UNAVAILABLE', 'gone', { fields }));
    await expect(split).rejects.toMatchObject({ reason: 'STORAGE_UNAVAILABLE', fields: { outcome: 'unknown' } });
    const whole = writer.submit(items('a', 'y', 1));
    (await log.next()).fail(new BrokerError('STORAGE_FULL', 'full'));
    const error: unknown = await whole.catch((reason: unknown) => reason);
    expect((error as BrokerError).fields).toEqual({});
    expect(writer.pendingMessages).toBe(0);
    await writer.close();
  });

  it('loses nothing, writes nothing twice, keeps the order and settles each submission once', async () => {
    const submission = fc.record({
      subject: fc.constantFrom('a', 'b', 'c'),
      count: fc.integer({ min: 0, max: 12 }),
      bytes: fc.integer({ min: 1, max: 400 }),
      deadlineIn: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('submit' as const), submission }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(15) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 3 }), async (steps, delay) => {
        log = new GatedLog();
        clock = new ManualClock();
        const writer = open({ batchMaxDelayMs: delay });
        const outcomes: { submitted: AppendItem[]; settled: number; results: readonly AppendResult[] | BrokerError }[] =
          [];
        let number = 0;
        const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
        for (const action of steps) {
          if (action.do === 'submit') {
            const { subject, count, bytes, deadlineIn } = action.submission;
            const submitted = Array.from({ length: count }, () => {
              const each = item(subject, `${number++}`, bytes);
              return number % 6 === 0 ? { ...each, expectedLastId: 1_000_000 } : each;
            });
            const outcome = { submitted, settled: 0, results: [] as readonly AppendResult[] | BrokerError };
            outcomes.push(outcome);
            const deadline = deadlineIn === undefined ? undefined : clock.monotonicMs() + deadlineIn;
            writer.submit(submitted, deadline).then(
              (results) => Object.assign(outcome, { results, settled: outcome.settled + 1 }),
              (error: BrokerError) => Object.assign(outcome, { results: error, settled: outcome.settled + 1 }),
            );
          } else if (action.do === 'wait') clock.advance(action.ms);
          else if (action.do === 'pass') log.waiting.shift()?.pass();
          else log.waiting.shift()?.fail(new BrokerError('STORAGE_UNAVAILABLE', 'gone'));
          await idle();
          expect(writer.pendingMessages).toBeLessThanOrEqual(LIMITS.maxPendingMessages);
          expect(writer.pendingBytes).toBeLessThanOrEqual(LIMITS.maxPendingBytes);
          expect(log.waiting.length).toBeLessThanOrEqual(1);
        }
        const closed = writer.close();
        while (writer.pendingMessages > 0) {
          log.waiting.shift()?.pass();
          await idle();
        }
        await closed;
        await idle();

        const writtenNames = log.written.map(name);
        expect(new Set(writtenNames).size).toBe(writtenNames.length);
        for (const subject of ['a', 'b', 'c']) {
          const order = log.written.filter((each) => each.subject === subject).map((each) => Number(name(each)));
          expect(order).toEqual(order.toSorted((x, y) => x - y));
        }
        const written = new Set(writtenNames);
        for (const { submitted, settled, results } of outcomes) {
          expect(settled).toBe(1);
          if (results instanceof BrokerError) {
            if (submitted.some((each) => written.has(name(each)))) expect(results.fields['outcome']).toBe('unknown');
            continue;
          }
          expect(results).toHaveLength(submitted.length);
          for (const [index, result] of results.entries()) {
            expect(written.has(name(submitted[index]!))).toBe(!(result instanceof BrokerError));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
