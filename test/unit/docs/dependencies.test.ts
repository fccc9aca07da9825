import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const [, runtime = '', development = ''] = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8').split(/^## /m);

/** Package to version, from the lines of a table that also give a reason. */
function documented(section: string): Record<string, string> {
  const rows = section.matchAll(/^\| `([^`]+)` \| (\S+) \| \S.* \|$/gm);
  return Object.fromEntries(Array.from(rows, ([, name = '', version = '']) => [name, version]));
}

describe('docs/dependencies.md', () => {
  test('gives a reason for every dependency at run time, in its version', () => {
    expect(documented(runtime)).toEqual(manifest.dependencies);
  });

  test('gives a reason for every dependency for development, in its version', () => {
    expect(documented(development)).toEqual(manifest.devDependencies);
  });
});

describe('package.json', () => {
  test.each(Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))(
    'pins %s to an exact version',
    (_name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/);
    },
  );
});

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe('package-lock.json', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };

  test('names no registry', () => {
    const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
    expect(resolved.filter((from) => /^\w+:/.test(from))).toEqual([]);
  });

  // An npm whose registry lacks the binaries of other platforms drops them, and then refuses its own lock file.
  test('has the binaries of every platform', () => {
    const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const locked = new Set(
      Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
    );
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });
});
