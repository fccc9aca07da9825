import fc from 'fast-check';
import { formatAddress, parseAddress } from '../../../src/config/address.js';
import { closest } from '../../../src/config/closest.js';
import { formatDurationMs, parseDurationMs } from '../../../src/config/duration.js';
import { formatSize, parseSize } from '../../../src/config/size.js';

describe('durations', () => {
  test.each([
    ['0', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['36h', 129_600_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
  ])('read %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each(['', '5', '-1s', '1.5s', '1 s', 's', '1w', '9999999999d'])('refuse %p', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  test('are read as they are written', () => {
    fc.assert(fc.property(fc.nat(), (ms) => expect(parseDurationMs(formatDurationMs(ms))).toBe(ms)));
  });
});

describe('sizes', () => {
  test.each([
    ['0', 0],
    ['65536', 65_536],
    ['64KiB', 65_536],
    ['4MiB', 4_194_304],
    ['2 GiB', 2_147_483_648],
    ['10MB', 10_000_000],
    ['7B', 7],
  ])('read %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', 'MiB', '-1', '1.5MiB', '4mib', '99999999999GiB'])('refuse %p', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  test('are read as they are written', () => {
    fc.assert(fc.property(fc.nat(), (bytes) => expect(parseSize(formatSize(bytes))).toBe(bytes)));
  });
});

describe('addresses', () => {
  test.each([
    ['127.0.0.1:50043', '127.0.0.1', 50043],
    ['localhost:0', 'localhost', 0],
    ['[::1]:65535', '::1', 65_535],
  ])('read %s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
    expect(formatAddress({ host, port })).toBe(text);
  });

  test.each(['', ':1', 'host', 'host:', '::1:5', 'host:65536', 'http://host:1', 'a b:1'])('refuse %p', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('suggestions', () => {
  test('name the nearest candidate', () => {
    expect(closest('grpc.adres', ['admin.address', 'grpc.address'])).toBe('grpc.address');
  });

  test('keep quiet when nothing is near', () => {
    expect(closest('colour', ['storage', 'batch.maxBytes'])).toBeUndefined();
  });
});
