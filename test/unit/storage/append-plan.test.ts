import { AppendPlan } from '../../../src/storage/append-plan.js';
import { Chunk } from '../../../src/storage/chunk.js';
import type { AppendItem } from '../../../src/storage/storage.js';
import { subjectIdentity } from '../../../src/storage/subject-identity.js';

function item(subject: string, text: string, extra: Partial<AppendItem> = {}): AppendItem {
  return { subject, body: Buffer.from(text), headers: [], ttlUs: 0, ...extra };
}

const idempotency = { key: 'k', digest: Buffer.alloc(16), windowUs: 1 };

/** Texts of a segment's chunks as they would be read from ids that begin at `firstId`. */
function texts(subject: string, chunks: AppendPlan['subjects'][number]['segments'][number]['chunks'], firstId: number) {
  const found: [id: number, text: string][] = [];
  for (const { value, firstId: offset } of chunks) {
    const place = { firstId: firstId + offset, publishTimeUs: 1000 };
    const chunk = Chunk.openRelative(value, { subject, identity: subjectIdentity(subject) }, place);
    for (let id = chunk.firstId; id <= chunk.lastId; id += 1) {
      const message = chunk.message(id);
      if (message !== undefined) found.push([message.id, Buffer.from(message.body).toString()]);
    }
  }
  return found;
}

describe('an append plan', () => {
  it('groups items by subject in the order of their bytes and keeps the order within each', () => {
    const plan = new AppendPlan([item('b', '1'), item('a', '2'), item('b', '3')], 100);
    expect(plan.subjects.map(({ subject, segments }) => [subject, segments.map(({ indexes }) => indexes)])).toEqual([
      ['a', [[1]]],
      ['b', [[0, 2]]],
    ]);
  });

  it('begins a segment where the condition changes, and gives single items one of their own', () => {
    const fence = { lock: 'l', token: 1 };
    const plan = new AppendPlan(
      [
        item('a', '0'),
        item('a', '1'),
        item('a', '2', { fence }),
        item('a', '3', { fence: { ...fence } }),
        item('a', '4', { fence: { lock: 'l', token: 2 } }),
        item('a', '5', { idempotency }),
        item('a', '6', { idempotency }),
        item('a', '7', { expectedLastId: 7 }),
        item('a', '8'),
      ],
      100,
    );
    expect(plan.subjects[0]?.segments.map(({ indexes }) => indexes)).toEqual([[0, 1], [2, 3], [4], [5], [6], [7], [8]]);
  });

  it('encodes lasting and transient messages apart, under the ids that they will have', () => {
    const plan = new AppendPlan([item('a', 'x'), item('a', 'gone', { transient: true }), item('a', 'y')], 100);
    const [segment] = plan.subjects[0]?.segments ?? [];
    expect(texts('a', segment?.chunks ?? [], 8)).toEqual([
      [8, 'x'],
      [10, 'y'],
    ]);
    expect(texts('a', segment?.transientChunks ?? [], 8)).toEqual([[9, 'gone']]);
  });

  it('fails items beyond the limit at once and gives the others their ids in order', () => {
    const plan = new AppendPlan([item('a', 'x', { ttlUs: 5 }), item('a', 'too long'), item('a', 'y')], 4);
    const [segment] = plan.subjects[0]?.segments ?? [];
    plan.settle('a', segment!, { kind: 'appended', firstId: 3, publishTimeUs: 100 });
    expect(plan.results()).toEqual([
      { id: 3, publishTimeUs: 100, expireTimeUs: 105, duplicate: false },
      expect.objectContaining({ reason: 'MESSAGE_TOO_LARGE', fields: { limit: '4', actual: '8' } }),
      { id: 4, publishTimeUs: 100, expireTimeUs: 0, duplicate: false },
    ]);
  });

  it('answers every item of a refused segment with its failure', () => {
    const fence = { lock: 'l', token: 1 };
    const plan = new AppendPlan(
      [
        item('a', 'x', { fence }),
        item('a', 'y', { fence }),
        item('b', 'z', { idempotency }),
        item('c', 'w', { expectedLastId: 2 }),
      ],
      100,
    );
    const [a, b, c] = plan.subjects.map(({ segments }) => segments[0]!);
    plan.settle('a', a!, { kind: 'stale', currentToken: 9 });
    plan.settle('b', b!, { kind: 'duplicate', id: 4, publishTimeUs: 7, expireTimeUs: 8 });
    plan.settle('c', c!, { kind: 'unexpected', lastId: 5 });
    const stale = expect.objectContaining({ reason: 'FENCE_STALE', fields: { current_token: '9' } });
    expect(plan.results()).toEqual([
      stale,
      stale,
      { id: 4, publishTimeUs: 7, expireTimeUs: 8, duplicate: true },
      expect.objectContaining({ reason: 'EXPECTED_ID_MISMATCH', fields: { expected: '2', actual: '5' } }),
    ]);
  });
});
