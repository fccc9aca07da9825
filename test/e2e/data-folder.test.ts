import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, WaybillError, type ReceivedMessage, type WaybillClient } from '../../src/client/index.js';
import { ServerProcess, type Exit } from '../support/server-process.js';
import { SmallDisk } from '../support/small-disk.js';

const BODY_BYTES = 64 * 1024;

let folder: string;
let server: ServerProcess | undefined;
let client: WaybillClient | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-data-'));
});

afterEach(async () => {
  client?.close();
  await server?.dispose();
  client = undefined;
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(path: string): Promise<WaybillClient> {
  server = ServerProcess.spawn({ flags: ['--storage', 'embedded', '--embedded-path', path] });
  const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
  client = connect({ address, ownConnection: true });
  return client;
}

async function stop(): Promise<Exit | undefined> {
  client?.close();
  server?.kill('SIGTERM');
  return server?.exited;
}

/** The error of a call that must fail. */
async function failureOf(call: Promise<unknown>): Promise<WaybillError> {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof WaybillError)) throw new Error('the call succeeded', { cause: failure });
  return failure;
}

/** What a process that cannot start says and how it ends. */
async function refusal(path: string): Promise<{ code: number | null; stderr: string }> {
  server = ServerProcess.spawn({ flags: ['--storage', 'embedded', '--embedded-path', path] });
  const { code } = await server.exited;
  return { code, stderr: server.stderr };
}

describe('a data folder that cannot be had', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('is refused where the system finds no place for it', async () => {
    expect(await refusal('/proc/waybill/data')).toEqual({
      code: 1,
      stderr: 'waybill: data folder "/proc/waybill/data" cannot be created there [STORAGE_UNAVAILABLE]\n',
    });
  });

  it('is refused below a file', async () => {
    writeFileSync(join(folder, 'file'), 'precious');
    const path = join(folder, 'file', 'data');
    expect(await refusal(path)).toEqual({
      code: 1,
      stderr: `waybill: data folder "${path}" is not a folder [STORAGE_UNAVAILABLE]\n`,
    });
  });
});

describe('a damaged message', () => {
  const BODY = 'the body that is going to be damaged';

  /** Changes a letter of the body wherever it is in the file, earlier copies included. */
  function damage(file: string): void {
    const bytes = readFileSync(file);
    let found = 0;
    for (let at = bytes.indexOf(BODY); at !== -1; at = bytes.indexOf(BODY, at + 1)) {
      bytes[at] = bytes[at]! ^ 1;
      found++;
    }
    if (found === 0) throw new Error('the body is not in the file');
    writeFileSync(file, bytes);
  }

  it('is reported as DATA_LOSS with its subject and id; all others are served', async () => {
    const before = await start(folder);
    for (const body of ['first', BODY, 'third']) await before.publish({ subject: 'orders', body });
    await before.publish({ subject: 'other', body: 'fine' });
    expect(await stop()).toEqual({ code: 0, signal: null });
    damage(join(folder, 'data.mdb'));

    const after = await start(folder);
    const dataLoss = { codeName: 'DATA_LOSS', reason: 'DATA_LOSS', fields: { subject: 'orders', id: '2' } };
    expect(await failureOf(after.fetch('orders', 2))).toMatchObject(dataLoss);
    expect((await after.fetch('orders', 1)).body.toString()).toBe('first');
    expect((await after.fetch('orders', 3)).body.toString()).toBe('third');
    expect((await after.fetch('other', 1)).body.toString()).toBe('fine');

    // What comes before the damage is still answered.
    const { messages, nextPageToken } = await after.list({ subject: 'orders' });
    expect(messages.map(({ id }) => id)).toEqual([1]);
    expect(await failureOf(after.list({ subject: 'orders', from: { pageToken: nextPageToken } }))).toMatchObject(
      dataLoss,
    );
    expect((await after.list({ subject: 'orders', from: { id: 3 } })).messages).toHaveLength(1);
    const seen: ReceivedMessage[] = [];
    const readOn = async (): Promise<void> => {
      const subscription = after.subscribe({ subjects: ['orders'], from: 'earliest', stopAtHead: true });
      for await (const message of subscription.messages()) seen.push(message);
    };
    expect(await failureOf(readOn())).toMatchObject(dataLoss);
    expect(seen.map(({ id }) => id)).toEqual([1]);

    expect((await after.publish({ subject: 'orders', body: 'fourth' })).id).toBe(4);
    expect((await after.list({ subject: 'orders', from: { id: 3 } })).messages.map(({ id }) => id)).toEqual([3, 4]);
  });
});

const disk = SmallDisk.mount(8);
afterAll(() => disk?.unmount());

(disk === undefined ? describe.skip : describe)('a small disk', () => {
  const path = join(disk?.path ?? '', 'data');

  it('refuses publishes while it is full, serves on, and takes them again when there is space', async () => {
    const publisher = await start(path);
    let stored = 0;
    const publishUntilFull = async (): Promise<void> => {
      for (;;) {
        await publisher.publish({ subject: 'orders', body: Buffer.alloc(BODY_BYTES, 'x') });
        stored++;
      }
    };
    const full = { codeName: 'RESOURCE_EXHAUSTED', reason: 'STORAGE_FULL' };
    expect(await failureOf(publishUntilFull())).toMatchObject(full);
    expect(await failureOf(publishUntilFull())).toMatchObject(full);
    expect((await publisher.fetch('orders', stored)).body).toHaveLength(BODY_BYTES);
    expect(await publisher.health()).toBe('SERVING');

    disk?.remount('size=32m');
    expect((await publisher.publish({ subject: 'orders', body: 'there is space' })).id).toBe(stored + 1);
    expect(await stop()).toEqual({ code: 0, signal: null });
    const after = await start(path);
    expect((await after.admin.getSubject('orders')).messages).toBe(stored + 1);
    expect((await after.fetch('orders', stored + 1)).body.toString()).toBe('there is space');
  });

  it('is refused while it is read-only', async () => {
    disk?.remount('ro');
    const expected = `data folder "${path}" cannot be written: the file system is read-only`;
    const refused = await refusal(path);
    disk?.remount('rw');
    expect(refused).toEqual({ code: 1, stderr: `waybill: ${expected} [STORAGE_UNAVAILABLE]\n` });
  });
});
