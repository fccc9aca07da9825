import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboardFiles } from '../../../scripts/dashboards/all.js';
import { systemClock } from '../../../src/core/clock.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { chartsOf, GRAFANA_FOLDER, grafanaDashboards, type GrafanaPanel } from '../../support/grafana-dashboards.js';
import { metricOf, selectedMetrics } from '../../support/prometheus-rules.js';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const COLUMNS = 24;
/** Grid units that a browser shows at once on a screen of 1080 lines. */
const FIRST_SCREEN = 22;

const dashboards = [...grafanaDashboards()];

test('the dashboards are what "npm run generate" writes', () => {
  const folder = join(GRAFANA_FOLDER, 'dashboards');
  const committed = dashboards.map(([name]) => [name, readFileSync(join(folder, name), 'utf8')] as const);
  expect(new Map(committed)).toEqual(dashboardFiles());
});

test('no two dashboards have one uid or title', () => {
  expect(new Set(dashboards.map(([, { uid }]) => uid)).size).toBe(dashboards.length);
  expect(new Set(dashboards.map(([, { title }]) => title)).size).toBe(dashboards.length);
});

describe.each(dashboards)('%s', (name, dashboard) => {
  const charts = chartsOf(dashboard);

  it('has a uid of its own, a description, and refreshes', () => {
    expect(dashboard.uid).toBe(`waybill-${name.replace('.json', '')}`);
    expect(dashboard.description).toMatch(/\.$/);
    expect(dashboard.refresh).toMatch(/^\d+s$/);
  });

  it('is written as Grafana 10 and later read it', () => {
    expect(dashboard.schemaVersion).toBe(38);
    expect(
      dashboard.panels.map(({ type }) => type).filter((type) => !['row', 'timeseries', 'stat'].includes(type)),
    ).toEqual([]);
    expect(JSON.stringify(dashboard)).not.toContain('libraryPanel');
  });

  it('lets one choose the source of data and the process', () => {
    expect(dashboard.templating.list).toMatchObject([
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      { name: 'instance', type: 'query', datasource: DATASOURCE },
    ]);
  });

  it('has panels with ids and titles of their own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const titles = charts.map(({ title, gridPos }) => `${sectionOf(dashboard.panels, gridPos.y)}: ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('has no panels on top of each other or beside the grid', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(COLUMNS);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(`${x},${y}: ${taken.get(`${x},${y}`) ?? title}`).toBe(`${x},${y}: ${title}`);
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });

  it.each(charts.map((panel) => [panel.title, panel] as const))('explains and labels %s', (_title, panel) => {
    expect(panel.description).toMatch(/^[A-Z0-9].*\.$/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/./);
    expect(panel.datasource).toEqual(DATASOURCE);
    const targets = panel.targets ?? [];
    expect(targets.length).toBeGreaterThan(0);
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    for (const { datasource, legendFormat, expr } of targets) {
      expect(datasource).toEqual(DATASOURCE);
      expect(legendFormat).toMatch(/./);
      // A window that does not grow with the range skips samples.
      for (const [, window] of expr.matchAll(/\[(.*?)\]/g)) expect(window).toBe('$__rate_interval');
      expect(expr.replaceAll(/ALERTS\{.*?\}/g, '').match(/\{(?![^}]*instance=~"\$instance")/g)).toBeNull();
    }
  });

  it('asks for no metric of the broker that does not exist', async () => {
    const rendered = await createMetrics({ version: '0.0.0', storage: 'memory', clock: systemClock }).render();
    const named = charts.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => selectedMetrics(expr)));
    const ours = named.filter((metric) => !/^(envoy_|up$|ALERTS$)/.test(metric));
    if (name !== 'envoy.json') expect(ours.length).toBeGreaterThan(10);
    const exists = (metric: string): boolean => rendered.includes(`# TYPE ${metric} `);
    expect(ours.filter((series) => !exists(series) && !exists(metricOf(series)))).toEqual([]);
  });
});

test('the overview shows on one screen what matters', () => {
  const overview = dashboards.find(([name]) => name === 'overview.json')?.[1];
  const first = chartsOf(overview ?? fail()).filter(({ gridPos }) => gridPos.y + gridPos.h <= FIRST_SCREEN);
  expect(first.map(({ title }) => title)).toEqual([
    'Replicas',
    'Storage',
    'Published',
    'Delivered',
    'Subscribers',
    'Publish, p99',
    'Failed calls',
    'Alerts',
    'Messages',
    'Publish duration',
    'Delivery latency',
    'Messages not published',
    'Calls that fail, by status',
    'Lag',
  ]);
});

test('Grafana is told of the source of data and of the dashboards', () => {
  const read = (path: string) => parse(readFileSync(join(GRAFANA_FOLDER, 'provisioning', path), 'utf8')) as unknown;
  expect(read('datasources/waybill.yml')).toMatchObject({
    apiVersion: 1,
    datasources: [
      { uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090', isDefault: true },
      { uid: 'jaeger', type: 'jaeger', url: 'http://jaeger:16686' },
    ],
  });
  expect(read('dashboards/waybill.yml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
  });
});

function fail(): never {
  throw new Error('there is no overview');
}

/** The heading that comes last before a line. */
function sectionOf(panels: readonly GrafanaPanel[], y: number): string {
  return panels.findLast(({ type, gridPos }) => type === 'row' && gridPos.y < y)?.title ?? '';
}
