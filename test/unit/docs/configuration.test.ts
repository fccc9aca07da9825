import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from '../../../scripts/configuration-page.js';

test('docs/configuration.md is what "npm run generate" writes', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'configuration.md'), 'utf8');
  expect(page).toBe(configurationPage());
});
