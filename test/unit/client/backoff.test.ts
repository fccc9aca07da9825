import { backoffMs } from '../../../src/client/backoff.js';

describe('backoff', () => {
  const options = { initialMs: 100, maxMs: 1000 };

  test('doubles its bound up to the maximum', () => {
    const longest = [0, 1, 2, 3, 4, 5, 1000].map((attempt) => backoffMs(attempt, options, 1));
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  test('never waits less than half of the bound', () => {
    expect(backoffMs(2, options, 0)).toBe(200);
  });

  test('spreads clients that a server asks to wait, and never asks too early', () => {
    expect(backoffMs(0, options, 0, 5000)).toBe(5000);
    expect(backoffMs(0, options, 0.5, 5000)).toBe(7500);
    expect(backoffMs(3, options, 0, 10)).toBe(400);
  });
});
