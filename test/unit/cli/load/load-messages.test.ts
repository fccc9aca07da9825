import { LoadMessages, loadSubjects, sinceStamp } from '../../../../src/cli/load/load-messages.js';

const NOW_US = 1_795_240_800_123_456;

describe('the messages of a load', () => {
  test('go to 160 subjects: ten Greek letters with four binary digits', () => {
    const subjects = loadSubjects('load.');
    expect(new Set(subjects).size).toBe(160);
    for (const subject of subjects) expect(subject).toMatch(/^load\.[a-z]+[01]{4}$/);
    expect(subjects.slice(0, 2)).toEqual(['load.alpha0000', 'load.alpha0001']);
    expect(subjects.at(-1)).toBe('load.kappa1111');
  });

  test('use every subject, size and life', () => {
    const messages = new LoadMessages(loadSubjects(''), { min: 5, max: 15 });
    const seen = Array.from({ length: 20_000 }, () => messages.next(NOW_US));
    const sorted = (numbers: Iterable<number>): number[] => Array.from(new Set(numbers)).toSorted((a, b) => a - b);
    expect(new Set(seen.map(({ subject }) => subject)).size).toBe(160);
    expect(sorted(seen.map(({ body }) => body.length))).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(sorted(seen.map(({ lifeSeconds }) => lifeSeconds))).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  test('tell how long ago they were due', () => {
    const { body } = new LoadMessages(['a'], { min: 5, max: 5 }).next(NOW_US);
    expect(sinceStamp(body, NOW_US + 1500)).toBe(1500);
    expect(sinceStamp(body, NOW_US - 20)).toBe(-20);
  });

  test('tell it also when the stamp has begun again meanwhile', () => {
    const periodUs = 2 ** 40;
    const lastUs = Math.ceil(NOW_US / periodUs) * periodUs - 1;
    const { body } = new LoadMessages(['a'], { min: 5, max: 5 }).next(lastUs);
    expect(sinceStamp(body, lastUs + 10)).toBe(10);
    const { body: next } = new LoadMessages(['a'], { min: 5, max: 5 }).next(lastUs + 10);
    expect(sinceStamp(next, lastUs)).toBe(-10);
  });

  test('are told from those that have no stamp', () => {
    expect(sinceStamp(Buffer.from('abcd'), NOW_US)).toBeUndefined();
  });
});
