import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAllowed, licensesPage, refusedLicenses } from '../../../scripts/licenses.js';
import { productionPackages } from '../../../scripts/production-packages.js';

const root = join(__dirname, '..', '..', '..');
const packages = productionPackages(root);

test('every package that a server is installed with has a licence that asks for no more than a notice', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(refusedLicenses(packages)).toEqual([]);
});

test('docs/licenses.md is what "npm run licenses" writes', () => {
  expect(readFileSync(join(root, 'docs', 'licenses.md'), 'utf8')).toBe(licensesPage(root));
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['MIT OR Apache-2.0', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-3.0-only', false],
  ['AGPL-3.0-or-later', false],
  ['LGPL-2.1', false],
  ['MPL-2.0', false],
  ['SSPL-1.0', false],
  ['BUSL-1.1', false],
  ['UNLICENSED', false],
  ['SEE LICENSE IN LICENSE', false],
  ['unknown', false],
  ['', false],
])('the licence %j is allowed: %s', (expression, allowed) => {
  expect(isAllowed(expression)).toBe(allowed);
});

test('a package without a licence is refused', () => {
  const [first] = packages;
  expect(refusedLicenses([{ ...first!, name: 'new', version: '1.0.0', license: undefined }])).toEqual([
    'new@1.0.0 has the licence unknown',
  ]);
});
