/** Writes `docs/licenses.md`, and fails when a package must not be installed with a server. `npm run licenses`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licensesPage, refusedLicenses } from './licenses.js';
import { productionPackages } from './production-packages.js';

const root = join(__dirname, '..');
const refused = refusedLicenses(productionPackages(root));
for (const line of refused) console.error(line);
writeFileSync(join(root, 'docs', 'licenses.md'), licensesPage(root));
if (refused.length > 0) process.exitCode = 1;
