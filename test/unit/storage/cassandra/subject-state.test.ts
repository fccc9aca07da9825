import { types } from 'cassandra-driver';
import {
  addChunks,
  decodeSubjectState,
  encodeSubjectState,
  livingTotals,
  NO_SUBJECT,
} from '../../../../src/storage/cassandra/subject-state.js';

const chunk = (firstId: number, lastId: number, lifeUs: number) => ({
  firstId,
  lastId,
  messages: lastId - firstId + 1,
  bytes: 10,
  expireTimeUs: lifeUs,
  value: Buffer.alloc(0),
});

describe('state of a subject', () => {
  const state = {
    ...NO_SUBJECT,
    lastId: 2 ** 50,
    lastPublishTimeUs: 1_800_000_000_000_001,
    sealed: true,
    transientId: 5,
    classes: [{ dueUs: 0, firstId: 3, messages: 2, bytes: 7 }],
    recent: [types.Uuid.random(), types.Uuid.random()],
  };

  test('is read as it was written', () => {
    expect(decodeSubjectState('a', state.lastId, encodeSubjectState(state))).toEqual(state);
    expect(decodeSubjectState('a', 0, encodeSubjectState(NO_SUBJECT))).toEqual(NO_SUBJECT);
  });

  test('shows that it is damaged', () => {
    const whole = encodeSubjectState(state);
    for (const damaged of [Buffer.alloc(0), whole.subarray(8), whole.subarray(0, -1), Buffer.concat([whole, whole])]) {
      expect(() => decodeSubjectState('a', 1, damaged)).toThrow(expect.objectContaining({ reason: 'DATA_LOSS' }));
    }
  });

  test('counts what has not ended yet', () => {
    const place = { fromId: 11, publishTimeUs: 1_000_000_000 };
    const classes = addChunks([], [chunk(0, 4, 1_000_000), chunk(5, 5, 0), chunk(6, 9, 1_000_000)], place);
    const subject = { lastId: 20, purgedBelow: 1, classes };
    expect(livingTotals(subject, 1_000_999_999)).toEqual({ firstId: 11, messages: 10, bytes: 30 });
    // A second is the shortest step in which lives end.
    expect(livingTotals(subject, 1_002_000_000)).toEqual({ firstId: 16, messages: 1, bytes: 10 });
    expect(livingTotals({ ...subject, purgedBelow: 18 }, 0).firstId).toBe(18);
    expect(livingTotals({ ...subject, classes: [] }, 0)).toEqual({ firstId: 21, messages: 0, bytes: 0 });
  });
});
