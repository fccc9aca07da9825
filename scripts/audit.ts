/**
 * Looks for published weaknesses of the packages that a server is installed with: `npm run audit`. Ends with 1 when there
 * is one that was not looked at yet, and with 2 when the registry does not tell, which says nothing either way.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { advisoriesOf } from './known-advisories.js';
import { productionPackages } from './production-packages.js';

/** Of the report of npm, what is read here. */
interface NpmReport {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | NpmAdvisory)[] }>>;
}

interface NpmAdvisory {
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly severity: string;
}

const root = join(__dirname, '..');
const known = advisoriesOf(productionPackages(root));
const refused = known.filter(({ accepted }) => accepted === undefined);
for (const { package: name, id, fixedIn, accepted } of known) {
  console.log(`${name}: ${id}, fixed in ${fixedIn}: ${accepted === undefined ? 'UPDATE' : `accepted (${accepted})`}`);
}

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' });
const { vulnerabilities } = JSON.parse(stdout === '' ? '{}' : stdout) as NpmReport;
if (vulnerabilities === undefined) {
  console.error('the registry gives no report: whether there are other weaknesses is not known');
  process.exitCode = 2;
} else {
  const acceptedPackages = new Set(known.filter(({ accepted }) => accepted !== undefined).map((one) => one.package));
  const found = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((cause) => typeof cause === 'object')
    .filter(({ name }) => !acceptedPackages.has(name));
  for (const { name, severity, title, url } of found) console.error(`${name}: ${severity}: ${title} (${url})`);
  console.log(`the registry knows of ${found.length} weaknesses that were not looked at yet`);
  if (found.length > 0) process.exitCode = 1;
}
if (refused.length > 0) process.exitCode = 1;
