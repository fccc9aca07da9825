import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { optionsOf } from '../../../src/config/option.js';
import { serverSchema } from '../../../src/config/server-schema.js';
import { systemClock } from '../../../src/core/clock.js';
import { STATUS_CODES } from '../../../src/grpc/status.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';

const ROOT = join(__dirname, '..', '..', '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

function section(title: string): string {
  return readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
}

describe('README', () => {
  test('has at most 150 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  test('leads to the reasons of all errors, with the status that the broker gives them', () => {
    expect(readme).toContain('(docs/errors.md)');
    const errors = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    const documented = Array.from(errors.matchAll(/^\| ([A-Z_]+) \| ([A-Z_, ]+)/gm), ([, code, reasons]) =>
      (reasons ?? '').split(',').map((reason) => `${reason.trim()} ${code}`),
    ).flat();
    const actual = Object.entries(STATUS_CODES).map(([reason, code]) => `${reason} ${status[code]}`);
    expect(documented.toSorted()).toEqual(actual.toSorted());
  });

  test('gives limits their default values', () => {
    const defaults = new Map(optionsOf(serverSchema).map((option) => [option.variable, option.defaultText]));
    const rows = Array.from(section('Limits').matchAll(/^\| .+ \| (\S+) \| `(WAYBILL_\w+)`/gm));
    expect(rows.length).toBeGreaterThan(10);
    for (const [, value, variable = ''] of rows)
      expect(`${variable} ${value}`).toBe(`${variable} ${defaults.get(variable)}`);
  });

  test('names no setting that does not exist', () => {
    const settings = new Set(optionsOf(serverSchema).map((option) => option.variable));
    const named = Array.from(readme.matchAll(/\bWAYBILL_[A-Z_]+[A-Z]\b/g), ([name]) => name);
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
  });

  test('names no metric that does not exist', async () => {
    const metrics = createMetrics({ version: '0.0.0', storage: 'memory', clock: systemClock });
    const rendered = await metrics.render();
    const named = Array.from(
      section('Observability').matchAll(/`((?:waybill|grpc|nodejs)_[a-z_]+)`/g),
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !rendered.includes(`# TYPE ${name} `))).toEqual([]);
  });
});
