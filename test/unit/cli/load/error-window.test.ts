import { ErrorWindow, unservedShare } from '../../../../src/cli/load/error-window.js';

const second = (succeeded: number, failed: number, dropped = 0) => ({ succeeded, failed, dropped });

describe('the last seconds of a load', () => {
  test('are too bad when more than the share was not served', () => {
    const window = new ErrorWindow(0.05);
    expect(window.isExceeded(second(95, 5))).toBe(false);
    expect(window.isExceeded(second(94, 6))).toBe(true);
  });

  test('count what was dropped as not served', () => {
    expect(new ErrorWindow(0.05).isExceeded(second(94, 0, 6))).toBe(true);
  });

  test('say nothing before there are a hundred calls', () => {
    const window = new ErrorWindow(0.05);
    expect(window.isExceeded(second(0, 99))).toBe(false);
    expect(window.isExceeded(second(0, 1))).toBe(true);
  });

  test('forget what is longer ago than five seconds', () => {
    const window = new ErrorWindow(0.05);
    expect(window.isExceeded(second(900, 100))).toBe(true);
    for (const expected of [true, true, true, true, false]) {
      expect(window.isExceeded(second(200, 0))).toBe(expected);
    }
  });

  test('allow everything at 100 %', () => {
    expect(new ErrorWindow(1).isExceeded(second(0, 1000))).toBe(false);
  });

  test('without calls nothing is unserved', () => {
    expect(unservedShare(second(0, 0))).toBe(0);
  });
});
