import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resultsText } from '../../../src/cli/load/results-file.js';
import type { CommandOutcome } from '../../support/command-line.js';
import { InlineCommandLine } from '../../support/inline-command-line.js';
import { sampleResults } from '../../support/load-results.js';

const cli = new InlineCommandLine('127.0.0.1:1');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-load-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('waybill load', () => {
  test.each([
    [['--to', '0'], 'Must be at least 1.'],
    [['--rise', '10'], 'Not a duration such as'],
    [['--max-errors', '5'], 'Not a percentage such as 5%.'],
    [['--fetch', '101%'], 'Not a percentage such as 5%.'],
    [['--protocol', 'v2'], 'Not one of v1 and compat.'],
    [['--body', '15-5'], 'The range ends before it begins.'],
    [['--body', '4'], 'At least 5 bytes'],
    [['--body', '5-'], 'Not a size in bytes'],
    [['--note', 'commit'], 'Not of the form name:value.'],
    [['--results', '/does/not/exist/a.json'], 'waybill: cannot write /does/not/exist/a.json'],
    [['--report', '/does/not/exist/a.html'], 'waybill: cannot write /does/not/exist/a.html'],
    [['--rate', '5'], "unknown option '--rate'"],
  ])('%j is a usage error', async (flags, message) => {
    const { exitCode, lines, stderr } = await cli.run(['load', ...flags]);
    expect(stderr).toContain(message);
    expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
  });

  test('says in one line that the server cannot be reached', async () => {
    const { exitCode, lines, stderr } = await cli.run(['load']);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: the server cannot be reached: [^\n]*\n$/);
  });

  test('is also called load run', async () => {
    const { stderr } = await cli.run(['load run', '--to', 'x']);
    expect(stderr).toContain('Not a whole number.');
  });
});

describe('waybill load compare', () => {
  const compare = (...args: readonly string[]): Promise<CommandOutcome> => cli.runBare(['load', 'compare', ...args]);

  test('shows the ratio of each figure', async () => {
    const before = file('before.json', resultsText(sampleResults()));
    const after = file('after.json', resultsText(sampleResults({}, { ms: 8 })));
    const { exitCode, lines, stderr } = await compare(before, after);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines.map((line) => line.split('\t').slice(0, 4))).toContainEqual(['p50', '4.03 ms', '8.06 ms', '2.00x']);
  });

  test('ends with 1 when a figure is worse by more than allowed', async () => {
    const before = file('before.json', resultsText(sampleResults()));
    const after = file('after.json', resultsText(sampleResults({}, { ms: 8 })));
    expect(await compare(before, after, '--fail-above', '50%')).toMatchObject({
      exitCode: 1,
      lines: expect.arrayContaining([expect.stringMatching(/^p50\t.*too much$/)]),
    });
    expect((await compare(after, before, '--fail-above', '0%')).exitCode).toBe(0);
    expect((await compare(before, before, '--fail-above', '0%')).exitCode).toBe(0);
  });

  test('writes figures as JSON, and a report', async () => {
    const before = file('before.json', resultsText(sampleResults()));
    const report = join(folder, 'report.html');
    const { lines } = await compare(before, before, '--json', '--report', report);
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toContain('throughput');
  });

  test('says when the two were asked for different things', async () => {
    const { settings } = sampleResults();
    const before = file('before.json', resultsText(sampleResults()));
    const after = file('after.json', resultsText(sampleResults({ settings: { ...settings, to: 999 } })));
    expect(await compare(before, after)).toMatchObject({
      exitCode: 0,
      stderr: 'waybill: the settings differ: to\n',
    });
  });

  test.each([
    ['is not there', undefined, 'cannot read'],
    ['is not JSON', '{', 'cannot read'],
    ['is something else', '{"format":1}', 'does not hold results'],
    [
      'is of another version',
      resultsText(sampleResults()).replace('"format": 1', '"format": 2'),
      'does not hold results',
    ],
  ])('ends with 2 when a file %s', async (_what, content, message) => {
    const before = file('before.json', resultsText(sampleResults()));
    const after = content === undefined ? join(folder, 'missing.json') : file('other.json', content);
    const { exitCode, lines, stderr } = await compare(before, after);
    expect(stderr).toContain(message);
    expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
  });
});
