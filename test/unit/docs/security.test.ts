import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VERBS } from '../../../src/auth/access.js';
import { parseClientsFile } from '../../../src/auth/clients-file.js';
import { optionsOf } from '../../../src/config/option.js';
import { serverSchema } from '../../../src/config/server-schema.js';
import { systemClock } from '../../../src/core/clock.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { verifySecret } from '../../../src/auth/secret-hash.js';

const ROOT = join(__dirname, '..', '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');

describe.each(['docs/security.md', 'docs/operations/security-checklist.md'])('%s', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');

  test('names no setting that does not exist', () => {
    const settings = new Set(optionsOf(serverSchema).flatMap(({ variable }) => [variable, `${variable}_FILE`]));
    const named = Array.from(text.matchAll(/\bWAYBILL_[A-Z_]+[A-Z]\b(?!_)/g), ([name]) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !settings.has(name))).toEqual([]);
  });

  test('names no metric and no alert that does not exist', async () => {
    const metrics = await createMetrics({ version: '0.0.0', storage: 'memory', clock: systemClock }).render();
    const named = Array.from(text.matchAll(/\bwaybill_[a-z_]+[a-z]\b/g), ([name]) => name);
    expect(named.filter((name) => !metrics.includes(`# TYPE ${name} `))).toEqual([]);
    const alerts = readFileSync(join(ROOT, 'docs/operations/alerts.md'), 'utf8');
    const raised = Array.from(text.matchAll(/`(Waybill[A-Z]\w+)`/g), ([, name]) => name);
    expect(raised.filter((name) => !alerts.includes(`### ${name}\n`))).toEqual([]);
  });

  test('leads to files that exist', () => {
    const targets = Array.from(text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g), ([, target = '']) => target);
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(file), target)))).toEqual([]);
  });
});

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
