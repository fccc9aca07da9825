import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GrafanaTarget {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: unknown;
}

export interface GrafanaPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly datasource?: unknown;
  readonly targets?: readonly GrafanaTarget[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
}

export interface GrafanaDashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly refresh: string;
  readonly schemaVersion: number;
  readonly panels: readonly GrafanaPanel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
}

export const GRAFANA_FOLDER = join(__dirname, '../../monitoring/grafana');

/** Those that Grafana is given, by the names of their files. */
export function grafanaDashboards(): ReadonlyMap<string, GrafanaDashboard> {
  const folder = join(GRAFANA_FOLDER, 'dashboards');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as GrafanaDashboard]));
}

/** The panels that show something: all but headings. */
export function chartsOf({ panels }: GrafanaDashboard): readonly GrafanaPanel[] {
  return panels.filter(({ type }) => type !== 'row');
}
