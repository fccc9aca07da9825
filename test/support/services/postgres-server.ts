import { execFile } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.js';
import { ownedCommand } from './owned-command.js';
import { postgresBinaries, postgresMissing, type PostgresVersion } from './postgres-binaries.js';
import { ServiceFolder } from './service-folder.js';
import { ServiceProcess } from './service-process.js';
import { StorageServer } from './storage-server.js';
import { unprivilegedUser } from './service-user.js';

export interface PostgresServerOptions {
  /** 18 by default. */
  readonly version?: PostgresVersion;
  /** A free one by default. */
  readonly port?: number;
  /** Of `postgresql.conf`, such as `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PASSWORD = 'waybill';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // A file of the data folder, so that a killed server leaves nothing elsewhere.
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '64MB',
  max_connections: '300',
};

/** PostgreSQL with a database `postgres` of its own, whose superuser `postgres` needs the password in {@link url}. */
export class PostgresServer extends StorageServer {
  readonly url: string;

  private constructor(url: string, process: ServiceProcess) {
    super(process);
    this.url = url;
  }

  static async start({ version = 18, port, settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
    const missing = postgresMissing(version);
    if (missing !== undefined) throw new Error(missing);
    const user = unprivilegedUser();
    const folder = ServiceFolder.create(`postgres${version}`, user);
    try {
      const binaries = postgresBinaries(version, folder, user);
      const passwordFile = join(folder.path, 'password');
      writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
      if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
      const data = join(folder.path, 'data');
      const [initdb, ...flags] = ownedCommand(
        [
          ...([join(binaries, 'initdb'), '-D', data, '-U', 'postgres', '--auth=scram-sha-256'] as const),
          ...[`--pwfile=${passwordFile}`, '--encoding=UTF8', '--no-locale', '--no-instructions', '--no-sync'],
        ],
        'SIGKILL',
        user,
      );
      await promisify(execFile)(initdb, flags, { cwd: folder.path });
      const usedPort = port ?? (await freePort());
      const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${usedPort}/postgres`;
      const assignments = Object.entries({ ...SETTINGS, ...settings, port: String(usedPort) });
      const process = await ServiceProcess.start({
        name: `PostgreSQL ${version} at 127.0.0.1:${usedPort}`,
        command: [
          ...([join(binaries, 'postgres'), '-D', data] as const),
          ...assignments.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        folder,
        user,
        // An immediate shutdown is a crash, and a smart one waits for clients.
        stopSignal: 'SIGINT',
        probe: () => connects(url),
      });
      return new PostgresServer(url, process);
    } catch (error) {
      folder.remove();
      throw error;
    }
  }
}

async function connects(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  // After a failed connect it tells of the same problem here too.
  client.on('error', () => {});
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}
