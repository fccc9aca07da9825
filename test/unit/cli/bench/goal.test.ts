import { Goal } from '../../../../src/cli/bench/goal.js';

describe('the goal of a benchmark', () => {
  test('grants so many messages and no more', () => {
    const goal = new Goal(10, Infinity);
    expect([goal.claim(4), goal.claim(4), goal.claim(4), goal.claim(4)]).toEqual([4, 4, 2, 0]);
  });

  test('is reached when the time is over', () => {
    const goal = new Goal(Infinity, 0);
    expect(goal.expired).toBe(true);
    expect(goal.claim(1)).toBe(0);
  });

  test('tells the progress by what is nearer to its end', () => {
    const goal = new Goal(10, Infinity);
    expect(goal.progress(5)).toBe(0.5);
    expect(goal.progress(20)).toBe(1);
  });
});
