/** Units as Grafana names them. */
export type Unit =
  'short' | 'none' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'reqps' | 'ops' | 'cps' | 'wps' | 'dateTimeFromNow';

export interface Query {
  /** PromQL; may use `$__rate_interval` and the variables of its dashboard. */
  readonly expr: string;
  /** With labels in double braces. */
  readonly legend: string;
}

/** From `at` upwards the value has this colour; the first has no `at`. */
export interface Threshold {
  readonly at?: number;
  readonly color: 'green' | 'yellow' | 'red';
}

export interface Panel {
  readonly kind: 'timeseries' | 'stat';
  readonly title: string;
  /** What it shows, and what is normal. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  /** Of the scale; 0 for what can be nothing. */
  readonly min?: number;
  readonly max?: number;
  /** Series on top of each other, for parts of a whole. */
  readonly stacked?: boolean;
  /** What a stat says instead of a number. */
  readonly texts?: Readonly<Record<number, string>>;
  /** Of 24 columns. */
  readonly width: number;
}

/** Panels below a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

const HEIGHT = { timeseries: 8, stat: 4 } as const;

export interface Place {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

export function heightOf(panel: Panel): number {
  return HEIGHT[panel.kind];
}

/** A panel as Grafana 10 to 13 read it. */
export function panelModel(panel: Panel, { id, x, y }: Place): object {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    gridPos: { h: heightOf(panel), w: panel.width, x, y },
    datasource: DATASOURCE,
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: true,
    })),
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    options: panel.kind === 'stat' ? STAT_OPTIONS : TIMESERIES_OPTIONS,
  };
}

const STAT_OPTIONS = {
  colorMode: 'value',
  graphMode: 'area',
  justifyMode: 'auto',
  orientation: 'auto',
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  textMode: 'auto',
};

const TIMESERIES_OPTIONS = {
  legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};

function fieldDefaults(panel: Panel): object {
  const { unit, min, max, thresholds = [{ color: 'green' }], texts } = panel;
  const limited = thresholds.length > 1;
  return {
    unit,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    color: { mode: panel.kind === 'stat' ? 'thresholds' : 'palette-classic' },
    thresholds: {
      mode: 'absolute',
      steps: thresholds.map(({ at, color }) => ({ color, value: at ?? null })),
    },
    mappings: texts === undefined ? [] : [{ type: 'value', options: textOptions(texts) }],
    ...(panel.kind === 'stat' ? {} : { custom: lineOptions(panel.stacked === true, limited) }),
  };
}

function textOptions(texts: Readonly<Record<number, string>>): object {
  return Object.fromEntries(Object.entries(texts).map(([value, text], index) => [value, { text, index }]));
}

function lineOptions(stacked: boolean, limited: boolean): object {
  return {
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { group: 'A', mode: stacked ? 'normal' : 'none' },
    thresholdsStyle: { mode: limited ? 'dashed' : 'off' },
  };
}
