import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  CASSANDRA_SETTINGS_FOLDER,
  cassandraCommand,
  cassandraMissing,
  type CassandraVersion,
} from './cassandra-runtime.js';
import { freePort } from './free-port.js';
import { ServiceFolder } from './service-folder.js';
import { ServiceProcess } from './service-process.js';

export interface CassandraServerOptions {
  /** 5.0 by default. */
  readonly version?: CassandraVersion;
  /** 127.0.0.1 by default; nodes of one cluster take 127.0.0.2 and so on, which need no set-up on Linux. */
  readonly address?: string;
  /** For clients, and between nodes; free ones by default. The nodes of a cluster share them. */
  readonly port?: number;
  readonly storagePort?: number;
  /** When a write is on disk before it is acknowledged: `batch` and `group`. `batch` by default. */
  readonly commitlog?: 'batch' | 'group' | 'periodic';
  /** Addresses with storage ports of the nodes to form a cluster with; itself by default. */
  readonly seeds?: readonly string[];
  /** Its place in the ring. */
  readonly token?: string;
  /** Of `cassandra.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const COMMITLOG: Readonly<Record<'batch' | 'group' | 'periodic', Readonly<Record<string, string>>>> = {
  batch: { commitlog_sync: 'batch' },
  group: { commitlog_sync: 'group', commitlog_sync_group_window: '5ms' },
  periodic: { commitlog_sync: 'periodic', commitlog_sync_period: '10000ms' },
};

/** One node of Cassandra. Its data centre is `datacenter1`. */
export class CassandraServer {
  /** `host:port` */
  readonly contactPoint: string;
  readonly #process: ServiceProcess;

  private constructor(contactPoint: string, process: ServiceProcess) {
    this.contactPoint = contactPoint;
    this.#process = process;
  }

  static async start(options: CassandraServerOptions = {}): Promise<CassandraServer> {
    const { version = '5.0', address = '127.0.0.1', commitlog = 'batch', token = '0' } = options;
    const missing = cassandraMissing(version);
    if (missing !== undefined) throw new Error(missing);
    const port = options.port ?? (await freePort(address));
    const storagePort = options.storagePort ?? (await freePort(address));
    const seeds = options.seeds ?? [`${address}:${storagePort}`];
    const folder = ServiceFolder.create(`cassandra${version}`);
    const data = folder.subfolder('data');
    const settings = join(folder.path, 'cassandra.yaml');
    const template = readFileSync(join(CASSANDRA_SETTINGS_FOLDER, 'cassandra.yaml'), 'utf8');
    const all = {
      ...(parse(template) as Readonly<Record<string, unknown>>),
      initial_token: token,
      listen_address: address,
      rpc_address: address,
      native_transport_port: port,
      storage_port: storagePort,
      seed_provider: [
        {
          class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
          parameters: [{ seeds: seeds.join(',') }],
        },
      ],
      data_file_directories: [join(data, 'data')],
      ...Object.fromEntries(
        ['commitlog', 'saved_caches', 'hints', 'cdc_raw'].map((kind) => [`${kind}_directory`, join(data, kind)]),
      ),
      ...COMMITLOG[commitlog],
      ...options.settings,
    };
    // JSON is YAML.
    writeFileSync(settings, JSON.stringify(all, undefined, 2));
    const process = await ServiceProcess.start({
      name: `Cassandra ${version} at ${address}:${port}`,
      command: cassandraCommand(version, data, settings),
      folder,
      stopSignal: 'SIGTERM',
      probe: () => accepts(address, port),
    });
    return new CassandraServer(`${address}:${port}`, process);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Starts it with the same data at the same ports; one that runs is stopped in good order before. */
  async restart(): Promise<void> {
    await this.#process.restart();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }

  /** Ends it, whatever state it is in, and removes its data. */
  async stop(): Promise<void> {
    // In good order it would write first what is removed then.
    await this.#process.kill();
    await this.#process.stop();
  }
}

/** It listens for clients when it is ready for them. */
async function accepts(address: string, port: number): Promise<void> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
