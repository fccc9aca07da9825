import { Readable } from 'node:stream';
import { inputLines } from '../../../src/cli/input-lines.js';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const line of inputLines(input)) lines.push(line.toString('latin1'));
  return lines;
}

test.each([
  [[], []],
  [['a\nb\n'], ['a', 'b']],
  [['a\nb'], ['a', 'b']],
  [['\n\na'], ['', '', 'a']],
  [['a\r\nb\r'], ['a', 'b']],
  [
    ['a', 'b', 'c\nd', 'e\n'],
    ['abc', 'de'],
  ],
  [
    ['a\r', '\nb'],
    ['a', 'b'],
  ],
  [['a\rb\n'], ['a\rb']],
])('reads %j as the lines %j', async (chunks, lines) => {
  expect(await linesOf(...chunks)).toEqual(lines);
});

test('keeps bytes that are no text', async () => {
  expect(await linesOf(Buffer.from([0xff, 0x0a, 0xc3]), Buffer.from([0xbc]))).toEqual(['\u00ff', '\u00c3\u00bc']);
});
