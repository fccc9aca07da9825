import { timestampText } from '../../../src/tcp/timestamp.js';

it('writes microseconds in six digits, in any order of times', () => {
  const timeUs = Date.UTC(2026, 10, 21, 8, 54, 7, 123) * 1000;
  expect(timestampText(timeUs + 456)).toBe('2026-11-21T08:54:07.123456Z');
  expect(timestampText(timeUs + 7)).toBe('2026-11-21T08:54:07.123007Z');
  expect(timestampText(timeUs + 1000)).toBe('2026-11-21T08:54:07.124000Z');
  expect(timestampText(timeUs)).toBe('2026-11-21T08:54:07.123000Z');
  expect(timestampText(0)).toBe('1970-01-01T00:00:00.000000Z');
});
