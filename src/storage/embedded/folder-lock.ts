import { createHash, randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';

const LOCK_NAME = 'lock.sock';

/** Longest path of a Unix domain socket on every system that has them. */
const MAX_SOCKET_PATH_BYTES = 103;

/** How long the holder may take to say who it is. */
const ANSWER_TIMEOUT_MS = 1000;

/** Contenders that may come between finding a lock stale and taking it. */
const MAX_ATTEMPTS = 10;

/**
 * Keeps other processes out of a data folder: a Unix domain socket that listens in it. The kernel stops listening when
 * the process ends, however it ends, so a restart never waits; and the socket works between containers that share the
 * folder, where process ids and file locks of the database do not.
 */
export class FolderLock {
  readonly #server: Server;
  readonly #directory: number | undefined;
  readonly #path: string;
  readonly #connections: Set<Socket>;

  private constructor(server: Server, directory: number | undefined, path: string, connections: Set<Socket>) {
    this.#server = server;
    this.#directory = directory;
    this.#path = path;
    this.#connections = connections;
  }

  /** @throws BrokerError STORAGE_UNAVAILABLE naming the process that has the folder */
  static async acquire(folder: string, clock: Clock): Promise<FolderLock> {
    const { path, directory } = socketPath(folder);
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const connections = new Set<Socket>();
        const server = await listen(path, connections);
        if (server !== undefined) return new FolderLock(server, directory, path, connections);
        const asked = identity(path);
        const holder = await askHolder(path, clock);
        if (holder !== undefined) throw inUse(folder, holder);
        // Only the socket that was asked is stale; another contender may have taken its place meanwhile.
        if (asked !== undefined && asked === identity(path)) await removeStale(path, folder, clock);
      }
      throw inUse(folder, '');
    } catch (error) {
      if (directory !== undefined) closeSync(directory);
      throw error;
    }
  }

  /** Lets the next process in. Idempotent. */
  async release(): Promise<void> {
    if (!this.#server.listening) return;
    rmSync(this.#path, { force: true });
    for (const connection of this.#connections) connection.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (this.#directory !== undefined) closeSync(this.#directory);
  }
}

/** A path to the socket that is short enough: through the folder's file descriptor, or in the temporary folder. */
function socketPath(folder: string): { readonly path: string; readonly directory: number | undefined } {
  const path = join(folder, LOCK_NAME);
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\waybill-${digest(folder)}`, directory: undefined };
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { path, directory: undefined };
  if (existsSync('/proc/self/fd')) {
    const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return { path: `/proc/self/fd/${directory}/${LOCK_NAME}`, directory };
  }
  return { path: join(tmpdir(), `waybill-${digest(folder)}.sock`), directory: undefined };
}

function digest(folder: string): string {
  return createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
}

/** Tells one socket from a later one of the same name; undefined when there is none. */
function identity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.ino} ${found.ctimeNs}`;
}

/** Creates the socket, which only one process can; undefined when there is one already. */
async function listen(path: string, connections: Set<Socket>): Promise<Server | undefined> {
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.end(String(process.pid));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}

/** The holder's process id, empty when it does not say; undefined when nobody listens. */
async function askHolder(path: string, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const cancel = clock.after(ANSWER_TIMEOUT_MS, () => settle(''));
    let answer = '';
    let connected = false;
    const settle = (holder: string | undefined): void => {
      cancel();
      socket.destroy();
      resolve(holder);
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => settle(answer));
    socket.on('error', () => settle(connected ? answer : undefined));
  });
}

/**
 * Takes the socket of a dead process away. Moving it first makes sure that it is the dead one that is removed: if
 * another process has taken the place meanwhile, the one that was moved listens.
 */
async function removeStale(path: string, folder: string, clock: Clock): Promise<void> {
  const moved = join(path, '..', `${randomUUID().slice(0, 8)}.sock`);
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = await askHolder(moved, clock);
  if (holder !== undefined) {
    renameSync(moved, path);
    throw inUse(folder, holder);
  }
  rmSync(moved, { force: true });
}

function inUse(folder: string, holder: string): BrokerError {
  const who = holder === '' ? 'another process' : `process ${holder}`;
  return new BrokerError('STORAGE_UNAVAILABLE', `data folder "${folder}" is in use by ${who}`);
}
