import { join } from 'node:path';
import { advisoriesOf, isOlder, KNOWN_ADVISORIES } from '../../../scripts/known-advisories.js';
import { productionPackages } from '../../../scripts/production-packages.js';

const packages = productionPackages(join(__dirname, '..', '..', '..'));

describe('the packages that a server is installed with', () => {
  test('have none of the known weaknesses but those that were looked at', () => {
    const found = advisoriesOf(packages);
    expect(found.filter(({ accepted }) => accepted === undefined)).toEqual([]);
    // What is accepted and not there any more is to be taken out.
    expect(found.map(({ id }) => id)).toEqual(
      KNOWN_ADVISORIES.filter(({ accepted }) => accepted !== undefined).map(({ id }) => id),
    );
  });

  test('are all among those that have had the known weaknesses', () => {
    const names = new Set(packages.map(({ name }) => name));
    expect(KNOWN_ADVISORIES.filter((advisory) => !names.has(advisory.package))).toEqual([]);
  });

  // Prebuilt binaries, of platforms that servers rarely have, that the registry lacked when the lock file was made.
  test('are locked to their content, but for four', () => {
    expect(packages.filter(({ integrity }) => integrity === undefined).map(({ name }) => name)).toEqual([
      '@msgpackr-extract/msgpackr-extract-darwin-arm64',
      '@msgpackr-extract/msgpackr-extract-darwin-x64',
      '@msgpackr-extract/msgpackr-extract-linux-arm',
      '@msgpackr-extract/msgpackr-extract-win32-x64',
    ]);
    for (const { name, integrity = 'sha512-' } of packages)
      expect([name, integrity]).toEqual([name, expect.stringMatching(/^sha512-/)]);
  });

  // None of them is needed: two look for a binary that is found without them, one prints a warning.
  test('run nothing when they are installed, but for three that work without', () => {
    const names = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    expect(names).toEqual(['lmdb', 'msgpackr-extract', 'protobufjs']);
  });
});

test.each([
  ['1.2.3', '1.2.4', true],
  ['1.2.3', '1.3.0', true],
  ['1.9.0', '1.10.0', true],
  ['2.0.0', '1.9.9', false],
  ['1.2.3', '1.2.3', false],
])('%s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});

test('a version with a known weakness is found', () => {
  expect(advisoriesOf([{ name: '@grpc/grpc-js', version: '1.14.3' }]).map(({ id }) => id)).toEqual([
    'CVE-2026-48068',
    'CVE-2026-48069',
  ]);
});
