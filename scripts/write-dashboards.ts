// Writes the dashboards of Grafana. With --check nothing is written; it fails when the committed files are not what
// would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARD_FOLDER, dashboardFiles } from './dashboards/all.js';

const stale: string[] = [];
for (const [name, text] of dashboardFiles()) {
  const path = join(__dirname, '..', DASHBOARD_FOLDER, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(`${DASHBOARD_FOLDER}/${name}`);
}
if (stale.length > 0) {
  console.error(`not up to date with scripts/dashboards (run "npm run generate"):\n  ${stale.join('\n  ')}`);
  process.exitCode = 1;
}
