import { dashboardModel, type Dashboard } from './dashboard.js';
import { ENVOY } from './envoy.js';
import { NODE } from './node.js';
import { OVERVIEW } from './overview.js';
import { STORAGE } from './storage.js';
import { STREAMS } from './streams.js';

/** Below the root of the checkout. */
export const DASHBOARD_FOLDER = 'monitoring/grafana/dashboards';

const DASHBOARDS: readonly Dashboard[] = [OVERVIEW, STORAGE, STREAMS, NODE, ENVOY];

/** Names and texts of the files that Grafana reads. `npm run generate` writes them; a test compares. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    DASHBOARDS.map((dashboard) => [
      `${dashboard.name}.json`,
      `${JSON.stringify(dashboardModel(dashboard), null, 2)}\n`,
    ]),
  );
}
