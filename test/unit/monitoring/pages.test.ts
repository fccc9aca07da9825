import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsOf } from '../../../src/config/option.js';
import { serverSchema } from '../../../src/config/server-schema.js';
import { systemClock } from '../../../src/core/clock.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { prometheusRules, selectedMetrics } from '../../support/prometheus-rules.js';

const ROOT = join(__dirname, '../../..');
const page = (name: string): string => readFileSync(join(ROOT, 'docs/operations', name), 'utf8');

describe('docs/operations/metrics.md', () => {
  it('lists every metric with its type, and no other', async () => {
    const rendered = await createMetrics({ version: '0.0.0', storage: 'memory', clock: systemClock }).render();
    const actual = Array.from(rendered.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => `${name} ${type}`);
    const rows = page('metrics.md').matchAll(/^\| `(\w+)` \| (counter|gauge|histogram|summary) \|.* \| \S.* \|.*\|$/gm);
    const listed = Array.from(rows, ([, name, type]) => `${name} ${type}`);
    expect(listed.toSorted()).toEqual(actual.toSorted());
  });
});

describe('docs/operations/alerts.md', () => {
  const alerts = prometheusRules('alerts.yml');
  const sections = new Map(
    page('alerts.md')
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text]),
  );

  it('has a section for every alert, in their order, and no other', () => {
    expect([...sections.keys()]).toEqual(alerts.map(({ alert }) => alert));
  });

  it.each(alerts.map((rule) => [rule.alert ?? '', rule] as const))('tells what %s is and how bad', (name, rule) => {
    const severity = rule.labels?.severity ?? '';
    expect(['critical', 'warning', 'info']).toContain(severity);
    expect(sections.get(name)?.toLowerCase()).toContain(`*${severity}.*`);
    expect(rule.annotations).toEqual({
      summary: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\.$/),
      runbook_url: `docs/operations/alerts.md#${name.toLowerCase()}`,
    });
  });

  it('names no setting that does not exist', () => {
    const settings = new Set(optionsOf(serverSchema).map((option) => option.variable));
    const named = Array.from(page('alerts.md').matchAll(/\bWAYBILL_[A-Z_]+[A-Z]\b/g), ([name]) => name);
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
  });

  it('links to sections and files that exist', () => {
    const links = Array.from(page('alerts.md').matchAll(/\]\(([^)#]*)(?:#([\w-]+))?\)/g));
    for (const [, file = '', anchor] of links) {
      if (file !== '') expect(existsSync(join(ROOT, 'docs/operations', file)) ? '' : file).toBe('');
      else expect(alerts.map(({ alert = '' }) => alert.toLowerCase())).toContain(anchor);
    }
  });
});

describe('the rules', () => {
  it('have alerts that look at no metric and no rule that does not exist', async () => {
    const rendered = await createMetrics({ version: '0.0.0', storage: 'memory', clock: systemClock }).render();
    const records = new Set(prometheusRules('recording.yml').map(({ record }) => record));
    const known = (name: string): boolean =>
      /^(up$|envoy_)/.test(name) ||
      records.has(name) ||
      rendered.includes(`# TYPE ${name.replace(/_(bucket|sum|count)$/, '')} `);
    const named = [...prometheusRules('alerts.yml'), ...prometheusRules('recording.yml')].flatMap(({ expr }) =>
      selectedMetrics(expr),
    );
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((name) => !known(name))).toEqual([]);
  });
});
