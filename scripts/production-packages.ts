import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a server is installed with: the packages of the lock file that are not for development. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** Where it is installed, below the checkout. */
  readonly path: string;
  /** An SPDX expression; undefined where neither the lock file nor the package says it. */
  readonly license: string | undefined;
  readonly integrity: string | undefined;
  readonly hasInstallScript: boolean;
}

interface LockEntry {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

/** The form that packages had before SPDX expressions. */
interface Manifest {
  readonly license?: string | { readonly type: string };
  readonly licenses?: readonly { readonly type: string }[];
}

/** In the order of their names. */
export function productionPackages(root: string): readonly ProductionPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version, license, integrity, hasInstallScript = false }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      path,
      license: license ?? statedLicense(join(root, path, 'package.json')),
      integrity,
      hasInstallScript,
    }))
    .sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version));
}

function statedLicense(manifestFile: string): string | undefined {
  if (!existsSync(manifestFile)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
  if (license !== undefined) return typeof license === 'string' ? license : license.type;
  return licenses?.map(({ type }) => type).join(' OR ');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
