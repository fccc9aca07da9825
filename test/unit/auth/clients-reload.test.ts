import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientRegistry } from '../../../src/auth/client-registry.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const INTERVAL_MS = 5000;
const HASH = cheapHashOf('first');

let folder: string;
let file: string;
let registry: ClientRegistry | undefined;
let logger: RecordingLogger;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-clients-'));
  file = join(folder, 'clients.yaml');
  logger = new RecordingLogger();
  clock = new ManualClock();
});

afterEach(async () => {
  await registry?.stop();
  registry = undefined;
  rmSync(folder, { recursive: true });
});

async function open(list?: string): Promise<ClientRegistry> {
  const observer = { actionDenied: () => undefined };
  registry = await ClientRegistry.open({ list, file, reloadIntervalMs: INTERVAL_MS, clock, logger, observer });
  return registry;
}

/** Lets the time of one look at the file pass, and waits for what it logs. */
async function look(): Promise<string> {
  const line = logger.next();
  clock.advance(INTERVAL_MS);
  const { level, message } = await line;
  // The next look is planned when this one is over.
  await registry?.reload();
  return `${level}: ${message}`;
}

/** Replaces the file as editors and configuration tools do. */
function replace(content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

const RELOADED = 'info: clients reloaded';
const UNUSABLE = 'warn: the file of clients cannot be used, the previous clients stay';

function clientsYaml(...clients: string[]): string {
  return `clients: [${clients.join(', ')}]\n`;
}

test('a client that is added may come in, one that is removed may not', async () => {
  writeFileSync(file, clientsYaml(`{id: one, secretHash: "${HASH}"}`));
  const clients = await open();
  await clients.verify('one', 'first');
  const before = clients.generation;

  replace(clientsYaml(`{id: two, secretHash: "${cheapHashOf('second')}"}`));
  expect(await look()).toBe(RELOADED);
  expect(clients.generation).toBeGreaterThan(before);
  await expect(clients.verify('two', 'second')).resolves.toMatchObject({ clientId: 'two' });
  await expect(clients.verify('one', 'first')).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
});

test('a verified secret stays remembered unless it changes', async () => {
  writeFileSync(file, clientsYaml(`{id: one, secretHash: "${HASH}"}`));
  const clients = await open();
  await clients.verify('one', 'first');

  replace(clientsYaml(`{id: one, secretHash: "${HASH}"}`, `{id: two, certificate: two.example}`));
  expect(await look()).toBe(RELOADED);
  expect(clients.verify('one', 'first')).toMatchObject({ clientId: 'one' });

  replace(clientsYaml(`{id: one, secretHash: "${cheapHashOf('second')}"}`));
  expect(await look()).toBe(RELOADED);
  await expect(clients.verify('one', 'first')).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  await expect(clients.verify('one', 'second')).resolves.toMatchObject({ clientId: 'one' });
});

test('a secret that was wrong may be right after a change', async () => {
  writeFileSync(file, clientsYaml(`{id: one, secretHash: "${HASH}"}`));
  const clients = await open();
  await expect(clients.verify('one', 'second')).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  replace(clientsYaml(`{id: one, secretHash: "${cheapHashOf('second')}"}`));
  await look();
  await expect(clients.verify('one', 'second')).resolves.toMatchObject({ clientId: 'one' });
});

test('a secret that is being verified while it changes is refused', async () => {
  writeFileSync(file, clientsYaml(`{id: one, secretHash: "${HASH}"}`));
  const clients = await open();
  replace(clientsYaml(`{id: one, secretHash: "${cheapHashOf('second')}"}`));
  // Enough before it that the file is read first.
  const wrong = Array.from({ length: 200 }, (_, i) =>
    Promise.resolve(clients.verify('one', `${i}`)).catch(() => undefined),
  );
  const verifying = clients.verify('one', 'first');
  const refused = expect(verifying).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  expect(await look()).toBe(RELOADED);
  await refused;
  await Promise.all(wrong);
});

test('a secret that becomes right while it is refused is verified anew', async () => {
  writeFileSync(file, clientsYaml(`{id: one, secretHash: "${HASH}"}`));
  const clients = await open();
  replace(clientsYaml(`{id: one, secretHash: "${cheapHashOf('second')}"}`));
  const wrong = Array.from({ length: 200 }, (_, i) =>
    Promise.resolve(clients.verify('one', `${i}`)).catch(() => undefined),
  );
  const before = expect(clients.verify('one', 'second')).rejects.toMatchObject({ reason: 'CREDENTIALS_INVALID' });
  expect(await look()).toBe(RELOADED);
  await expect(clients.verify('one', 'second')).resolves.toMatchObject({ clientId: 'one' });
  await before;
  await Promise.all(wrong);
  expect(clients.verify('one', 'second')).toMatchObject({ clientId: 'one' });
});

test('new rules hold from the next verification on, and what was handed out keeps the old ones', async () => {
  writeFileSync(file, clientsYaml('{id: one, secret: first, allow: [{verbs: [publish]}]}'));
  const clients = await open();
  const old = await clients.verify('one', 'first');
  replace(clientsYaml('{id: one, secret: first, allow: []}'));
  await look();
  const now = await clients.verify('one', 'first');
  expect(() => old.require('publish', 'a')).not.toThrow();
  expect(() => now.require('publish', 'a')).toThrow('client "one" is not allowed to publish to "a"');
});

test('a file that cannot be used changes nothing and is warned about once', async () => {
  writeFileSync(file, clientsYaml('{id: one, secret: first, allow: []}'));
  const clients = await open('zero:nought');
  const before = clients.generation;

  replace('clients: [{id: one, secret: hunter2, secretHash: hunter2}]');
  expect(await look()).toBe(UNUSABLE);
  await clients.reload();
  replace('');
  expect(await look()).toBe(UNUSABLE);
  unlinkSync(file);
  expect(await look()).toBe(UNUSABLE);
  await clients.reload();
  expect(logger.messages('warn').filter((message) => UNUSABLE.endsWith(message))).toHaveLength(3);
  expect(logger.text).not.toContain('hunter2');
  expect(logger.text).toContain('clients[0].secretHash: the hash of the secret is not of the form');

  expect(clients.generation).toBe(before);
  expect(clients.verify('one', 'first')).toMatchObject({ clientId: 'one' });
  replace(clientsYaml());
  expect(await look()).toBe(RELOADED);
  expect(() => clients.verify('one', 'first')).toThrow('unauthorized to make request');
  expect(clients.verify('zero', 'nought')).toMatchObject({ clientId: 'zero' });
});

test('a link that is swapped is noticed', async () => {
  for (const [version, secret] of [
    ['v1', 'first'],
    ['v2', 'other'],
  ] as const) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'clients.yaml'), clientsYaml(`{id: one, secret: ${secret}}`));
  }
  // As Kubernetes mounts a ConfigMap: the file is a link through a folder that is a link.
  symlinkSync('v1', join(folder, 'data'));
  symlinkSync(join('data', 'clients.yaml'), file);
  const clients = await open();
  symlinkSync('v2', join(folder, 'data.new'));
  renameSync(join(folder, 'data.new'), join(folder, 'data'));
  expect(await look()).toBe(RELOADED);
  expect(clients.verify('one', 'other')).toMatchObject({ clientId: 'one' });
});

test('a file that says the same again is left alone', async () => {
  writeFileSync(file, clientsYaml('{id: one, certificate: a}'));
  const clients = await open();
  const before = clients.generation;
  replace(clientsYaml('{id: one, certificate: a}'));
  await clients.reload();
  expect(clients.generation).toBe(before);
});

test('certificates name their client', async () => {
  writeFileSync(
    file,
    clientsYaml('{id: one, certificate: [a.example, b.example]}', '{id: two, certificate: c.example}'),
  );
  const clients = await open();
  expect(clients.byCertificate(['x', 'b.example'])).toMatchObject({ clientId: 'one' });
  expect(clients.byCertificate(['c.example'])).toMatchObject({ clientId: 'two' });
  expect(() => clients.byCertificate(['C.example', ''])).toThrow('unauthorized to make request');
  expect(() => clients.byCertificate([])).toThrow('unauthorized to make request');
  expect(() => clients.verify('one', '')).toThrow('unauthorized to make request');
});

test('secrets in clear are warned about without being shown', async () => {
  writeFileSync(file, clientsYaml('{id: one, secret: hunter2}'));
  await open();
  expect(logger.messages('warn')).toEqual(['secrets stand in clear in the file of clients']);
  expect(logger.text).toContain('"one"');
  expect(logger.text).not.toContain('hunter2');
});

test('nothing is looked at after the stop', async () => {
  writeFileSync(file, clientsYaml('{id: one, certificate: a}'));
  const clients = await open();
  const looking = clients.reload();
  await clients.stop();
  await looking;
  expect(clock.pending).toBe(0);
});

test.each([
  ['no file', undefined, /the file of clients .*clients\.yaml cannot be read: ENOENT/],
  [
    'a client that the list has too',
    clientsYaml('{id: zero, certificate: a}'),
    /the client "zero" is there more than once/,
  ],
  [
    'a certificate of two clients',
    clientsYaml('{id: one, certificate: [a, a]}', '{id: two, certificate: [b, a]}'),
    /the certificate "a" belongs to more than one client/,
  ],
])('the start is refused with %s', async (_, content, message) => {
  if (content !== undefined) writeFileSync(file, content);
  await expect(open('zero:nought')).rejects.toMatchObject({
    reason: 'ARGUMENT_INVALID',
    message: expect.stringMatching(message),
  });
});
