import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResults, LoadSecond } from '../../../src/cli/load/load-results.js';
import { runProgram } from '../../../src/cli/program.js';
import { CommandLine } from '../../support/command-line.js';
import { ServerProcess } from '../../support/server-process.js';
import { TestTerminal } from '../../support/test-terminal.js';

let folder: string;
let server: ServerProcess;
let address: string;
let cli: CommandLine;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-load-'));
});

beforeEach(async () => {
  server = ServerProcess.spawn();
  address = /grpc (\S+),/.exec(await server.ready())![1]!;
  cli = new CommandLine(address);
});

afterEach(async () => {
  await cli.dispose();
  await server.dispose();
});

afterAll(() => rmSync(folder, { recursive: true }));

const SHORT = ['--from', '50', '--to', '150', '--rise', '1s', '--hold', '1s', '--warm-up', '200ms'];
/** Longer than any test waits. */
const LONG = ['--from', '200', '--to', '200', '--rise', '0', '--hold', '10m', '--warm-up', '0'];

function readResults(path: string): LoadResults {
  return JSON.parse(readFileSync(path, 'utf8')) as LoadResults;
}

/** A load by one protocol, with subscribers and fetches. */
async function measure(protocol: 'v1' | 'compat') {
  const [results, report] = [join(folder, `${protocol}.json`), join(folder, `${protocol}.html`)];
  const files = ['--results', results, '--report', report, '--note', 'commit:abc123'];
  // A fifth of the subjects. A loaded machine may be slow, not wrong.
  const flags = ['--fetch', '20%', '--subscribers', '32', '--max-errors', '100%', '--body', '40'];
  const lines = await cli.records([
    ...['load', '--protocol', protocol, '--prefix', `${protocol}.`],
    ...[...SHORT, '--warm-up', '1s', ...flags, ...files],
  ]);
  return { lines, results: readResults(results), report: readFileSync(report, 'utf8') };
}

describe('waybill load', () => {
  test('rises, holds and reports, by both protocols', async () => {
    const loads = await Promise.all([measure('v1'), measure('compat')]);
    for (const [index, { lines, results, report }] of loads.entries()) {
      expect(lines).toHaveLength(3);
      const [rising, holding] = lines as unknown as readonly LoadSecond[];
      expect([rising?.asked, holding?.asked]).toEqual([100, 150]);
      const { seconds, latencyBuckets, ...summary } = results;
      expect(lines[2]).toEqual(summary);
      expect(lines.slice(0, 2)).toEqual(seconds);

      const protocol = index === 0 ? 'v1' : 'compat';
      expect(results).toMatchObject({
        ended: 'complete',
        server: { storage: 'memory', durability: 'none' },
        notes: { commit: 'abc123' },
        settings: { protocol, from: 50, to: 150, riseMs: 1000, holdMs: 1000, fetchShare: 0.2, subscribers: 32 },
        total: { asked: 250, succeeded: 250, failed: 0, dropped: 0, unserved: 0 },
        hold: { asked: 150, succeeded: 150 },
        failures: {},
      });
      const { total, delivery, fetchMs } = results;
      expect(latencyBuckets.reduce((sum, [, count]) => sum + count, 0)).toBe(250);
      expect(total.latencyMs.p50).toBeGreaterThan(0);
      expect(total.latencyMs.max).toBeGreaterThanOrEqual(total.latencyMs.p99);
      expect(fetchMs).toBeDefined();
      expect(delivery?.expected).toBeGreaterThan(0);
      expect(delivery?.received).toBe(delivery?.expected);
      expect(report).toMatch(/^<!doctype html>[^]*abc123[^]*<\/html>\n$/);

      const subjects = await cli.records(['subjects', `${protocol}.`]);
      expect(subjects.length).toBeGreaterThan(50);
      const [message] = await cli.records(['list', String(subjects[0]!['name'])]);
      const { publishTime, expireTime, body, bodyEncoding } = message as Readonly<Record<string, string>>;
      const lifeMs = Date.parse(expireTime!) - Date.parse(publishTime!);
      expect(lifeMs).toBeGreaterThanOrEqual(10_000);
      expect(lifeMs).toBeLessThanOrEqual(20_000);
      expect(Buffer.from(body!, bodyEncoding === 'base64' ? 'base64' : 'utf8')).toHaveLength(40);
    }
  });

  test('stops with 1 when the server is gone, and reports', async () => {
    const results = join(folder, 'killed.json');
    const report = join(folder, 'killed.html');
    const load = cli.start(['load', ...LONG, '--results', results, '--report', report]);
    await load.printed(/^ +1 s/);
    server.kill('SIGKILL');
    expect(await load.exitCode()).toBe(1);
    expect(load.stderr).toContain('waybill: stopped because more than 5.0 % of the last calls were not served');
    const { ended, failures, total } = readResults(results);
    expect(ended).toBe('too many errors');
    expect(Object.keys(failures)).toContain('SERVER_UNREACHABLE');
    expect(total.failed).toBeGreaterThan(0);
    expect(readFileSync(report, 'utf8')).toContain('stopped: too many errors');
  });

  test('counts a stall for every call that it held up', async () => {
    const results = join(folder, 'stall.json');
    const load = cli.start(['load', ...LONG, '--hold', '4s', '--results', results]);
    await load.printed(/^ +1 s/);
    server.kill('SIGSTOP');
    await load.printed(/^ +3 s/);
    server.kill('SIGCONT');
    expect(await load.exitCode()).toBe(0);
    const { total, latencyBuckets } = readResults(results);
    expect(total).toMatchObject({ asked: 800, succeeded: 800 });
    // Up to two seconds of 200 calls each, which waited for half a second at least but for the last hundred.
    const held = latencyBuckets.filter(([us]) => us >= 500_000).reduce((sum, [, count]) => sum + count, 0);
    expect(held).toBeGreaterThan(60);
  });

  test('ends with 1 when the server does not answer: calls fail, and what cannot be started is dropped', async () => {
    const results = join(folder, 'stalled.json');
    const load = cli.start(['load', ...LONG, '--in-flight', '10', '--timeout', '2s', '--results', results]);
    // Too few calls to stop it before its end.
    const few = ['--from', '20', '--to', '20', '--rise', '0', '--hold', '2s', '--warm-up', '0', '--timeout', '200ms'];
    const fewCalls = cli.start(['load', ...few]);
    await Promise.all([load.printed(/^ +1 s/), fewCalls.printed(/^ +1 s/)]);
    server.kill('SIGSTOP');
    expect(await load.exitCode()).toBe(1);
    const { ended, total } = readResults(results);
    expect(ended).toBe('too many errors');
    expect(total.dropped).toBeGreaterThan(0);
    expect(total.asked).toBeGreaterThanOrEqual(total.succeeded + total.failed + total.dropped);
    expect(await fewCalls.exitCode()).toBe(1);
    expect(fewCalls.stderr).toMatch(/waybill: \d\d\.\d % of the calls were not served, which is more than 5\.0 %/);
    expect(fewCalls.lines.join('\n')).toContain('failed with DEADLINE_EXCEEDED');
  });

  test('shows a bar where somebody watches, and reports when it is interrupted', async () => {
    const results = join(folder, 'interrupted.json');
    const terminal = new TestTerminal();
    terminal.notices.isTTY = true;
    terminal.notices.on('data', (text: Buffer) => {
      if (text.toString().includes(' asked')) terminal.interrupt();
    });
    const exitCode = await runProgram(['load', '--address', address, ...LONG, '--results', results], {
      serve: () => Promise.reject(new Error('no server here')),
      terminal,
    });
    expect(exitCode).toBe(0);
    expect(terminal.noticesText).toContain('░');
    expect(terminal.outputText).toMatch(/^all\t/);
    expect(readResults(results)).toMatchObject({ ended: 'interrupted', failures: {} });
  });
});

test('waybill load authenticates, shows a line each second and a table, and tells what is refused', async () => {
  const flags = ['--auth', 'required'];
  const guarded = ServerProcess.spawn({ flags, environment: { WAYBILL_CLIENTS: 'loader:right' } });
  try {
    const [, guardedAddress = ''] = /grpc (\S+),/.exec(await guarded.ready()) ?? [];
    const to = ['load', '--address', guardedAddress, '--client-id', 'loader'];
    const [right, wrong] = await Promise.all([
      cli.runBare([...to, '--client-secret', 'right', ...SHORT]),
      cli.runBare([...to, '--client-secret', 'wrong', ...LONG]),
    ]);
    expect(right.exitCode).toBe(0);
    expect(right.lines[0]).toMatch(/^ +1 s {3}\d+\/s of 100 asked {3}0\.0 % errors {3}p50 [\d.]+ ms {3}p99 [\d.]+ ms/);
    expect(right.lines[1]).toMatch(/^ +2 s {3}\d+\/s of 150 asked/);
    expect(right.lines.slice(2).map((line) => line.split('\t').slice(0, 4))).toEqual([
      ['all', '2.0', '250', '250'],
      ['while the rate held', '1.0', '150', '150'],
      [expect.stringContaining('calls were started late by')],
    ]);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.lines.join('\n')).toMatch(/failed with CREDENTIALS_INVALID: \d+/);
  } finally {
    await guarded.dispose();
  }
});
