import { open as openLmdb } from 'lmdb';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/clock.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';
import { STATE_KEY } from '../../../src/storage/embedded/keys.js';
import { FORMAT_VERSION } from '../../../src/storage/embedded/store-state.js';
import { encodeValue } from '../../../src/storage/embedded/values.js';
import { AppenderProcess } from './child.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-folder-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (path: string) => openEmbeddedStorage({ path, clock: systemClock });

async function failure(path: string): Promise<string> {
  try {
    await (await open(path)).close();
    return 'opened';
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return `${error.reason}: ${error.message}`;
  }
}

async function writeForeign(path: string, key: Buffer, value: Buffer): Promise<void> {
  const options = { noSubdir: true, encoding: 'binary', keyEncoding: 'binary', overlappingSync: false } as const;
  const database = openLmdb<Buffer, Buffer>({ path, ...options });
  await database.put(key, value);
  await database.close();
}

test('a folder that another process uses is refused, naming it, until that process is gone', async () => {
  const holder = new AppenderProcess(folder, 'hold');
  try {
    expect(await holder.line()).toBe('ready');
    const refusal = `STORAGE_UNAVAILABLE: data folder "${folder}" is in use by process ${holder.pid}`;
    expect(await failure(folder)).toBe(refusal);
    expect(await failure(folder)).toBe(refusal);
  } finally {
    await holder.kill();
  }
  expect(await failure(folder)).toBe('opened');
}, 30_000);

test('a folder opens once at a time, also in one process, and again after close', async () => {
  const storage = await open(folder);
  expect(await failure(folder)).toBe(
    `STORAGE_UNAVAILABLE: data folder "${folder}" is in use by process ${process.pid}`,
  );
  await storage.close();
  expect(await failure(folder)).toBe('opened');
});

test('of many that open a folder whose holder was killed, one gets it', async () => {
  const holder = new AppenderProcess(folder, 'hold');
  await holder.line();
  await holder.kill();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => open(folder)));
  const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  for (const { value } of opened) await value.close();
  expect(opened).toHaveLength(1);
}, 30_000);

test('a folder with a path too long for a socket is locked too', async () => {
  const path = join(folder, 'x'.repeat(120));
  const storage = await open(path);
  expect(await failure(path)).toContain('in use by process');
  await storage.close();
  expect(await failure(path)).toBe('opened');
});

test('a folder is created with its parents', async () => {
  expect(await failure(join(folder, 'a', 'b'))).toBe('opened');
});

test('a path that is a file is refused', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'text');
  expect(await failure(path)).toBe(`STORAGE_UNAVAILABLE: data folder "${path}" is not a folder`);
  expect(await failure(join(path, 'below'))).toContain('is not a folder');
});

test('a store of a newer version is refused', async () => {
  await (await open(folder)).close();
  const value = encodeValue(STATE_KEY, [FORMAT_VERSION + 1, 1, 2, 3, 4, 5, 6, 7]);
  await writeForeign(join(folder, 'data.mdb'), STATE_KEY, value);
  expect(await failure(folder)).toBe(
    `STORAGE_UNAVAILABLE: data folder "${folder}" has format ${FORMAT_VERSION + 1}; this version of waybill knows ${FORMAT_VERSION}`,
  );
});

test('a database of another program is refused and left as it is', async () => {
  const path = join(folder, 'data.mdb');
  await writeForeign(path, Buffer.from('key'), Buffer.from('value'));
  expect(await failure(folder)).toBe(`STORAGE_UNAVAILABLE: "${path}" is not a store of waybill`);
});

test('a database that is a folder or a pipe is refused', async () => {
  const path = join(folder, 'data.mdb');
  await mkdir(path);
  expect(await failure(folder)).toBe(`STORAGE_UNAVAILABLE: "${path}" is not a file`);
  if (process.platform === 'win32') return;
  await rm(path, { recursive: true });
  execFileSync('mkfifo', [path]);
  expect(await failure(folder)).toBe(`STORAGE_UNAVAILABLE: "${path}" is not a file`);
});

test('a file that is no database is refused', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data.mdb'), Buffer.alloc(20_000, 'text'));
  expect(await failure(folder)).toContain('is damaged and cannot be trusted');
});
