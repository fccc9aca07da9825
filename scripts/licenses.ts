import { type ProductionPackage, productionPackages } from './production-packages.js';

/** Licences that ask for no more than a notice. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
]);

/** Read in the package itself, or in others of its repository, where its manifest does not say it or not as SPDX does. */
const READ: ReadonlyMap<string, string> = new Map([
  ['ansi-color', 'BSD-3-Clause'],
  ['process', 'MIT'],
  ['@msgpackr-extract/msgpackr-extract-darwin-arm64', 'MIT'],
  ['@msgpackr-extract/msgpackr-extract-darwin-x64', 'MIT'],
  ['@msgpackr-extract/msgpackr-extract-linux-arm', 'MIT'],
  ['@msgpackr-extract/msgpackr-extract-win32-x64', 'MIT'],
]);

export function licenseOf({ name, license }: Pick<ProductionPackage, 'name' | 'license'>): string {
  return READ.get(name) ?? license ?? 'unknown';
}

/** Whether an SPDX expression leaves a choice that is allowed. Anything but names, AND and OR is not understood. */
export function isAllowed(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((license) => ALLOWED.has(license)));
}

/** Packages that must not be installed with a server, as lines for people. */
export function refusedLicenses(packages: readonly ProductionPackage[]): readonly string[] {
  return packages
    .filter((one) => !isAllowed(licenseOf(one)))
    .map((one) => `${one.name}@${one.version} has the licence ${licenseOf(one)}`);
}

/** `docs/licenses.md`. `npm run licenses` writes it; a test compares. */
export function licensesPage(root: string): string {
  const packages = productionPackages(root);
  const counts = new Map<string, number>();
  for (const one of packages) counts.set(licenseOf(one), (counts.get(licenseOf(one)) ?? 0) + 1);
  const summary = Array.from(counts, ([license, count]) => `${license}: ${count}`).sort();
  const rows = packages.map((one) => `| \`${one.name}\` | ${one.version} | ${licenseOf(one)} |`);
  return `# Licences of the packages that a server is installed with

Waybill itself is under the [MIT licence](../LICENSE). \`npm ci --omit=dev\` installs at most these ${packages.length} packages, of which
those with native code are there once for each platform. \`npm run licenses\` writes this page, and fails on a licence that
is unknown or asks for more than a notice.

${summary.join(', ')}.

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`;
}
