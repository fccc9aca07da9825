import { DATASOURCE, heightOf, panelModel, type Section } from './panel.js';

export interface Dashboard {
  /** Name of its file, without the ending, and last part of its uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Whose metrics it shows: what its variable `instance` lists. */
  readonly job: 'waybill' | 'envoy';
  readonly sections: readonly Section[];
}

/** What Grafana 10.0 writes; later releases read it and change it themselves. */
const SCHEMA_VERSION = 38;

const COLUMNS = 24;

/** A dashboard as Grafana 10 to 13 read it. */
export function dashboardModel({ name, title, description, job, sections }: Dashboard): object {
  return {
    uid: `waybill-${name}`,
    title,
    description,
    tags: ['waybill'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    timezone: 'browser',
    fiscalYearStartMonth: 0,
    weekStart: '',
    links: [
      {
        type: 'dashboards',
        title: 'Waybill',
        tags: ['waybill'],
        asDropdown: false,
        includeVars: false,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    templating: { list: [datasourceVariable(), instanceVariable(job)] },
    annotations: { list: [builtInAnnotation(), alertAnnotation()] },
    panels: layOut(sections),
  };
}

function datasourceVariable(): object {
  return {
    name: 'datasource',
    label: 'Prometheus',
    type: 'datasource',
    query: 'prometheus',
    current: {},
    hide: 0,
    includeAll: false,
    multi: false,
    options: [],
    refresh: 1,
    regex: '',
  };
}

function instanceVariable(job: string): object {
  const query = `label_values(up{job="${job}"}, instance)`;
  return {
    name: 'instance',
    label: job === 'envoy' ? 'Envoy' : 'Replica',
    type: 'query',
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: 'instance' },
    current: { selected: true, text: ['All'], value: ['$__all'] },
    allValue: '.*',
    hide: 0,
    includeAll: true,
    multi: true,
    options: [],
    // Whenever the time range changes: replicas come and go.
    refresh: 2,
    regex: '',
    sort: 1,
  };
}

function builtInAnnotation(): object {
  return {
    builtIn: 1,
    datasource: { type: 'grafana', uid: '-- Grafana --' },
    enable: true,
    hide: true,
    iconColor: 'rgba(0, 211, 255, 1)',
    name: 'Annotations & Alerts',
    type: 'dashboard',
  };
}

function alertAnnotation(): object {
  return {
    name: 'Alerts',
    datasource: DATASOURCE,
    enable: true,
    iconColor: 'red',
    expr: 'ALERTS{alertstate="firing", severity!="info"}',
    step: '15s',
    titleFormat: '{{alertname}}',
    textFormat: '{{severity}} {{instance}}',
    useValueForTime: false,
  };
}

/** From left to right and from the top down; a section that does not fit a line goes on in the next. */
function layOut(sections: readonly Section[]): object[] {
  const models: object[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    models.push({
      id: models.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
      panels: [],
    });
    y++;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      models.push(panelModel(panel, { id: models.length + 1, x, y }));
      x += panel.width;
      lineHeight = Math.max(lineHeight, heightOf(panel));
    }
    y += lineHeight;
  }
  return models;
}
