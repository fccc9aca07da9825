import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHistory, VIOLATION_KINDS } from '../../support/check-history.js';
import { readHistory, writeHistory } from '../../support/crash/history-file.js';
import { HISTORY_MUTATIONS } from '../../support/history-mutations.js';
import { digestOf, History, type ReadOperation } from '../../support/history.js';
import { Random } from '../../support/random.js';
import { sampleHistory } from '../../support/sample-history.js';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

describe('checkHistory', () => {
  it('accepts what a correct broker does', () => {
    for (const seed of SEEDS) {
      const { operations, finalLog } = sampleHistory(new Random(seed));
      expect({ seed, violations: checkHistory(operations, finalLog) }).toEqual({ seed, violations: [] });
    }
  });

  it('accepts an unknown publish that is stored and one that is not', () => {
    const unknown = {
      op: 'publish',
      client: 'p',
      subject: 'a',
      invokeNs: 0,
      returnNs: 1,
      outcome: 'unknown',
      id: 0,
    } as const;
    const operations = [
      { ...unknown, sha: 'stored' },
      { ...unknown, sha: 'not stored' },
    ];
    expect(checkHistory(operations, new Map([['a', [{ id: 1, sha: 'stored' }]]]))).toEqual([]);
  });

  it.each(HISTORY_MUTATIONS)('finds %s: %s', (_, kind, mutate) => {
    for (const seed of SEEDS) {
      const random = new Random(seed);
      const sample = sampleHistory(random);
      mutate(sample, random);
      const kinds = new Set(checkHistory(sample.operations, sample.finalLog).map((violation) => violation.kind));
      expect({ seed, kinds: [...kinds] }).toEqual({ seed, kinds: expect.arrayContaining([kind]) as unknown });
    }
  });

  it('has a mutation for every kind of violation', () => {
    expect(new Set(HISTORY_MUTATIONS.map(([, kind]) => kind))).toEqual(new Set(VIOLATION_KINDS));
  });

  it('names the reader and the ids', () => {
    const sha = digestOf(Buffer.from('x'));
    const publish = {
      op: 'publish',
      client: 'p',
      subject: 'a',
      sha,
      invokeNs: 0,
      returnNs: 1,
      outcome: 'acked',
      id: 1,
    } as const;
    expect(checkHistory([publish], new Map())).toEqual([
      { kind: 'acked message lost', subject: 'a', detail: `1 of p, ${sha}` },
    ]);
  });

  it('refuses a history in which two operations publish the same body', () => {
    const publish = {
      op: 'publish',
      client: 'p',
      subject: 'a',
      sha: 'x',
      invokeNs: 0,
      returnNs: 1,
      outcome: 'acked',
      id: 1,
    } as const;
    expect(() => checkHistory([publish, { ...publish, id: 2 }], new Map())).toThrow(
      'two operations publish the body x',
    );
  });
});

describe('History', () => {
  it('records messages that come together by subject, in order', () => {
    const history = new History();
    const reader = history.read('subscribe', 'reader', new Map([['a', 4]]));
    const body = Buffer.from('x');
    reader.saw([
      { subject: 'a', id: 5, body },
      { subject: 'a', id: 6, body },
      { subject: 'b', id: 1, body },
      { subject: 'a', id: 7, body },
    ]);
    expect(history.operations).toHaveLength(1);
    const { after, seen } = history.operations[0] as ReadOperation;
    expect(after).toEqual({ a: 4 });
    expect(seen.map(({ subject, ids }) => [subject, ids])).toEqual([
      ['a', [5, 6]],
      ['b', [1]],
      ['a', [7]],
    ]);
    expect(seen[0]?.shas).toEqual([digestOf(body), digestOf(body)]);
  });

  it('can be written to a file and checked later', async () => {
    const { operations, finalLog } = sampleHistory(new Random(1));
    const folder = await mkdtemp(join(tmpdir(), 'waybill-history-'));
    try {
      const file = join(folder, 'history.ndjson');
      await writeHistory(file, operations, finalLog);
      expect(await readHistory(file)).toEqual({ operations, finalLog });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
