import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARD_FOLDER, dashboardFiles } from './dashboards/all.js';

for (const [name, text] of dashboardFiles()) writeFileSync(join(__dirname, '..', DASHBOARD_FOLDER, name), text);
