import { deflateSync, gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { Decompression } from '../../../src/grpc/decompression.js';

const TEXT = Buffer.from('hello '.repeat(100));
const wanted = (): boolean => false;

it.each([
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
])('expands %s', async (encoding, message) => {
  expect(await new Decompression(TEXT.length).expand(message, encoding, wanted)).toEqual(TEXT);
});

it.each([
  ['what becomes too large', gzipSync(Buffer.concat([TEXT, TEXT])), 'gzip', status.RESOURCE_EXHAUSTED],
  ['what is not compressed', TEXT, 'gzip', status.INTERNAL],
  ['what is compressed otherwise', deflateSync(TEXT), 'gzip', status.INTERNAL],
  ['what is cut off', gzipSync(TEXT).subarray(0, 20), 'gzip', status.INTERNAL],
  ['nothing', Buffer.alloc(0), 'gzip', status.INTERNAL],
  ['what it does not know', TEXT, 'br', status.UNIMPLEMENTED],
])('refuses %s, and goes on', async (_what, message, encoding, code) => {
  const decompression = new Decompression(TEXT.length);
  for (let i = 0; i < 10; i++) {
    await expect(decompression.expand(message, encoding, wanted)).rejects.toMatchObject({ code });
  }
  expect(await decompression.expand(gzipSync(TEXT), 'gzip', wanted)).toEqual(TEXT);
});

it('expands four at a time, in turn, and none that nobody wants any more', async () => {
  const decompression = new Decompression(TEXT.length);
  const over = new Set<number>();
  const expanded: number[] = [];
  const message = gzipSync(TEXT);
  const all = Array.from({ length: 12 }, (_, index) =>
    decompression
      .expand(message, 'gzip', () => over.has(index))
      .then(() => void expanded.push(index))
      .catch((error: { readonly code: status }) => expect(error.code).toBe(status.CANCELLED)),
  );
  // The first four have begun by now.
  for (let index = 0; index < 8; index++) over.add(index);
  await Promise.all(all);
  expect(expanded.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 8, 9, 10, 11]);
});
