import fc from 'fast-check';
import { LineSplitter, OVERLONG_LINE } from '../../../src/tcp/line-splitter.js';

const LIMIT = 16;

/** Every line of the chunks; the overlong ones as `undefined`. */
function linesOf(chunks: readonly Uint8Array[], limit = LIMIT): (string | undefined)[] {
  const splitter = new LineSplitter(limit);
  const lines: (string | undefined)[] = [];
  const take = (): void => {
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
      lines.push(line === OVERLONG_LINE ? undefined : line.toString('latin1'));
    }
  };
  for (const chunk of chunks) {
    splitter.push(Buffer.from(chunk));
    take();
  }
  splitter.end();
  take();
  return lines;
}

/** The same by the book. */
function expectedLines(bytes: Buffer): (string | undefined)[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '')
    .map((line) => (line.length > LIMIT ? undefined : line));
}

/** Few different bytes, so that ends of lines are frequent. */
const someBytes = fc
  .array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xff), { maxLength: 100 })
  .map((bytes) => Buffer.from(bytes));

it('cuts the same lines whatever the pieces are that they come in', () => {
  fc.assert(
    fc.property(someBytes, fc.array(fc.nat({ max: 20 }), { maxLength: 40 }), (bytes, sizes) => {
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
      chunks.push(bytes.subarray(at));
      expect(linesOf(chunks)).toEqual(expectedLines(bytes));
    }),
    { numRuns: 2000 },
  );
});

it('takes a line of exactly the limit, whichever way it ends', () => {
  const line = 'x'.repeat(LIMIT);
  for (const end of ['\n', '\r\n', '']) expect(linesOf([Buffer.from(line + end)])).toEqual([line]);
  for (const end of ['\n', '\r\n', '']) expect(linesOf([Buffer.from(`${line}y${end}`)])).toEqual([undefined]);
});

it('reports an overlong line as soon as the limit is passed, and goes on behind it', () => {
  const splitter = new LineSplitter(LIMIT);
  splitter.push(Buffer.alloc(LIMIT + 1, 'x'));
  expect(splitter.next()).toBeUndefined();
  splitter.push(Buffer.from('y'));
  expect(splitter.next()).toBe(OVERLONG_LINE);
  splitter.push(Buffer.alloc(1000, 'z'));
  expect(splitter.next()).toBeUndefined();
  splitter.push(Buffer.from('\nnext\n'));
  expect(splitter.next()?.toString()).toBe('next');
  expect(splitter.next()).toBeUndefined();
});

it('does not take the rest of an overlong line for a last line', () => {
  expect(linesOf([Buffer.alloc(LIMIT + 2, 'x'), Buffer.from('rest')])).toEqual([undefined]);
});

it('leaves what was not asked for', () => {
  const splitter = new LineSplitter(LIMIT);
  splitter.push(Buffer.from('one\ntwo\nth'));
  expect(splitter.next()?.toString()).toBe('one');
  splitter.push(Buffer.from('ree\n'));
  expect([splitter.next(), splitter.next(), splitter.next()].map(String)).toEqual(['two', 'three', 'undefined']);
});

it('does not write over a line that it has handed out', () => {
  const splitter = new LineSplitter(LIMIT);
  splitter.push(Buffer.from('first\nse'));
  expect(splitter.next()?.toString()).toBe('first');
  expect(splitter.next()).toBeUndefined();
  splitter.push(Buffer.from('cond\nth'));
  const second = splitter.next();
  expect(splitter.next()).toBeUndefined();
  splitter.push(Buffer.from('ird\n'));
  expect(splitter.next()?.toString()).toBe('third');
  expect(second?.toString()).toBe('second');
});
