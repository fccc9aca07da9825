import { header, pointInTime, share, sizeBytes, startPosition } from '../../../src/cli/arguments.js';

describe('the position to start from', () => {
  test.each([
    ['new', 'new'],
    ['earliest', 'earliest'],
    ['1', { afterId: 0 }],
    ['42', { afterId: 41 }],
    ['cursor:abc', { cursor: 'abc' }],
    ['2026-11-21T06:00:00Z', { timeUs: 1_795_240_800_000_000 }],
  ])('reads %s', (text, position) => {
    expect(startPosition(text)).toEqual(position);
  });

  test.each(['', '-1', 'tomorrow', '2026-13-45', 'cursor'])('refuses %p', (text) => {
    expect(() => startPosition(text)).toThrow('Not a time');
  });

  test('refuses the id 0', () => {
    expect(() => startPosition('0')).toThrow('Must be at least 1.');
  });
});

describe('a point in time', () => {
  test('may be so long ago', () => {
    expect(pointInTime('15m', 1_000_000_000)).toBe((1_000_000_000 - 900_000) * 1000);
  });
});

describe('headers', () => {
  test('are split at the first colon and collected', () => {
    expect(header('b: x:y', header('a:1'))).toEqual([
      ['a', '1'],
      ['b', 'x:y'],
    ]);
  });

  test.each(['novalue', ':x'])('refuse %p', (text) => {
    expect(() => header(text)).toThrow('Not of the form name:value.');
  });
});

describe('sizes', () => {
  test('are refused when they are none', () => {
    expect(() => sizeBytes('many')).toThrow('Not a size');
  });
});

describe('shares', () => {
  test.each([
    ['0%', 0],
    ['0.5%', 0.005],
    ['5%', 0.05],
    ['100%', 1],
  ])('read %s', (text, value) => {
    expect(share(text)).toBe(value);
  });

  test.each(['', '5', '5 %', '101%', '-1%', '.5%', '1e1%'])('refuse %p', (text) => {
    expect(() => share(text)).toThrow('Not a percentage such as 5%.');
  });
});
