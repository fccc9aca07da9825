import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireBackend, requireBackendAndTime } from '../../support/backends.js';
import { PROMETHEUS_FOLDER, prometheusRules } from '../../support/prometheus-rules.js';
import { findTool, toolsMissing } from '../../support/tools.js';

const run = promisify(execFile);
const TESTS = join(PROMETHEUS_FOLDER, 'tests');
const testFiles = readdirSync(TESTS).filter((name) => name.endsWith('.yml'));

/** Rejects with what it says when it fails. */
async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(findTool('promtool').command, args);
  return stdout;
}

requireBackend('prometheus', toolsMissing('prometheus', 'promtool'))('Prometheus', () => {
  it('takes the configuration and every rule', async () => {
    const said = await promtool('check', 'config', join(PROMETHEUS_FOLDER, 'prometheus.yml'));
    for (const file of ['alerts.yml', 'recording.yml'] as const) {
      expect(said).toContain(`rules/${file}\n  SUCCESS: ${prometheusRules(file).length} rules found`);
    }
  });
});

requireBackendAndTime('prometheus', toolsMissing('promtool'))('each alert', () => {
  it.each(testFiles)('fires when it should and not before, says tests/%s', async (name) => {
    expect(await promtool('test', 'rules', join(TESTS, name))).toContain('SUCCESS');
  });
});

it('has a test in which each alert fires', () => {
  const tests = testFiles.map((name) => readFileSync(join(TESTS, name), 'utf8')).join('');
  const untested = prometheusRules('alerts.yml').filter(
    ({ alert, labels }) =>
      !tests.includes(`ALERTS{alertname="${alert}", alertstate="firing", severity="${labels?.severity}"`),
  );
  expect(untested).toEqual([]);
});
