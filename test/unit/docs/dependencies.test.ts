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
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );
});

describe('package-lock.json', () => {
  test('names no registry', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
    expect(resolved.filter((from) => /^\w+:/.test(from))).toEqual([]);
  });
});
