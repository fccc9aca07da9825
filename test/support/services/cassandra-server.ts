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
import { StorageServer } from './storage-server.js';

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
export class CassandraServer extends StorageServer {
  /** `host:port` */
  readonly contactPoint: string;

  private constructor(contactPoint: string, process: ServiceProcess) {
    super(process);
    this.contactPoint = contactPoint;
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

  /** In good order it would write first what is removed then. */
  override async stop(): Promise<void> {
    await this.kill();
    await super.stop();
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
