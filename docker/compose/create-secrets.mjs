/**
 * Makes the passwords of a compose project, each once: into the folders below /secrets, which are volumes. A folder is
 * mounted by those who need what is in it, whatever user they run as, so files are readable by everybody who mounts it.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** 192 bits, in letters that need no quotes in URLs and files. */
const randomSecret = () => randomBytes(24).toString('base64url');

/** The file's content; when there is none it is made, in one step. */
function keep(path, create) {
  const target = `/secrets/${path}`;
  if (!existsSync(target)) {
    writeFileSync(`${target}.new`, create(), { mode: 0o444 });
    renameSync(`${target}.new`, target);
    process.stdout.write(`made ${path}\n`);
  }
  return readFileSync(target, 'utf8').trim();
}

function hash(secret) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['/app/dist/main.js', 'clients', 'hash'], {
    input: secret,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the secret cannot be hashed: ${stderr}`);
  return stdout.trim();
}

const clientSecret = keep('client/client-secret', randomSecret);
keep('broker/clients.yaml', () => `clients:\n  - id: operator\n    secretHash: ${hash(clientSecret)}\n`);
keep('grafana/admin-password', randomSecret);

const postgres = keep('storage/postgres-password', randomSecret);
keep('broker/postgres-url', () => `postgres://waybill:${postgres}@postgres:5432/waybill`);

const redis = keep('storage/redis-password', randomSecret);
keep('broker/redis-url', () => `redis://:${redis}@redis:6379`);
keep('storage/redis.conf', () =>
  [
    `requirepass ${redis}`,
    'dir /data',
    'appendonly yes',
    'appendfsync always',
    'maxmemory 768mb',
    'maxmemory-policy noeviction',
    '',
  ].join('\n'),
);

const cassandra = keep('storage/cassandra-password', randomSecret);
keep('broker/cassandra-password', () => cassandra);
keep('storage/cassandra-superuser-password', randomSecret);
