import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERBS } from '../../../src/auth/access.js';
import { parseClientsFile } from '../../../src/auth/clients-file.js';
import { verifySecret } from '../../../src/auth/secret-hash.js';

const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'security.md'), 'utf8');

describe('docs/security.md', () => {
  test('has an example file of clients that is valid', async () => {
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
    const { clients, problems } = parseClientsFile(example);
    expect(problems).toEqual([]);
    expect(clients.map(({ id }) => id)).toEqual(['shop', 'worker', 'operator', 'importer', 'trial']);
    const [shop] = clients;
    if (shop?.secret?.kind !== 'hash') throw new Error('the secret of the first client is not hashed');
    expect(await verifySecret('change-me', shop.secret.hash)).toBe(true);
  });

  test('lists every verb', () => {
    const [, rules = ''] = page.split('\n## Rules\n');
    const listed = Array.from(rules.matchAll(/^\| `(\w+)` \|/gm), ([, verb]) => verb);
    expect(listed).toEqual([...VERBS]);
  });

  test('names the keys of a client', () => {
    const [, keys = ''] = page.split('| Key | Meaning |');
    const listed = Array.from(keys.split('\n\n')[0]?.matchAll(/^\| `(\w+)` \|/gm) ?? [], ([, key]) => key);
    const { problems } = parseClientsFile('clients: [{id: one, certificate: a, other: 1}]');
    const known = problems[0]?.message.replace('has an unknown key; there are ', '').split(/, | and /);
    expect(listed).toEqual(known);
  });
});
