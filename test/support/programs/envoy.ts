import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { findTool } from '../tools.js';
import { addressOf, type EnvoyConfig, named, readEnvoyConfig } from './envoy-config.js';

/** Where Envoy finds a broker on this machine. */
export interface Upstream {
  /** Port of gRPC. */
  readonly grpc: number;
  /** Port of the event bus. */
  readonly tcp?: number;
}

export interface EnvoyOptions {
  readonly brokers: readonly Upstream[];
  /** `envoy.yaml` by default. */
  readonly file?: string;
  /** Where traces go by OTLP over gRPC; nobody listens there by default. */
  readonly otlpPort?: number;
  /** Of the global limits, for `docker/envoy-global.yaml`. */
  readonly rateLimitPort?: number;
  /** Worker threads; 2 by default. */
  readonly workers?: number;
  /** What a test changes besides addresses: it says why. */
  readonly edit?: (config: EnvoyConfig) => void;
}

/** By the names in `envoy.yaml`. */
export type AccessLogEntry = Readonly<Record<string, unknown>>;

/** Between two writes of the access log; by default 10 s. */
const LOG_INTERVAL_MS = 50;
/** Between two looks at a statistic that is waited for. */
const STAT_INTERVAL_MS = 20;
/** Nothing listens at the discard port. */
const NOBODY = 9;

/** The real Envoy with a configuration of this repository, in which only addresses and ports are others. */
export class Envoy {
  /** For gRPC and gRPC-Web. */
  readonly address: string;
  /** `http://127.0.0.1:port`, for what Prometheus and probes ask for. */
  readonly observabilityUrl: string;
  readonly eventBusPort: number;
  readonly #adminUrl: string;
  readonly #process: ServiceProcess;
  readonly #folder: ServiceFolder;

  private constructor(ports: Ports, process: ServiceProcess, folder: ServiceFolder) {
    this.address = `127.0.0.1:${ports.grpc}`;
    this.eventBusPort = ports.eventBus;
    this.observabilityUrl = `http://127.0.0.1:${ports.observability}`;
    this.#adminUrl = `http://127.0.0.1:${ports.admin}`;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(options: EnvoyOptions): Promise<Envoy> {
    const ports: Ports = {
      admin: await freePort(),
      grpc: await freePort(),
      eventBus: await freePort(),
      observability: await freePort(),
    };
    const folder = ServiceFolder.create('envoy');
    const file = join(folder.path, 'envoy.json');
    writeFileSync(file, JSON.stringify(relocated(options, ports)));
    const process = await ServiceProcess.start({
      name: `Envoy at 127.0.0.1:${ports.grpc}`,
      command: [
        ...([findTool('envoy').command, '-c', file] as const),
        ...['--file-flush-interval-msec', String(LOG_INTERVAL_MS)],
        // Several at a time would share memory otherwise.
        ...['--disable-hot-restart', '--concurrency', String(options.workers ?? 2), '--log-level', 'warning'],
      ],
      folder,
      stopSignal: 'SIGTERM',
      probe: () => isLive(`http://127.0.0.1:${ports.admin}/ready`),
    });
    return new Envoy(ports, process, folder);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Its log and its access log so far. */
  get log(): string {
    return readFileSync(this.#folder.log, 'utf8');
  }

  /** The first entry of the access log that matches, now or later. */
  async accessLogEntry(matches: (entry: AccessLogEntry) => boolean): Promise<AccessLogEntry> {
    for (;;) {
      // What comes after the last line break is not a line yet; what is no JSON is of Envoy's own log.
      const lines = this.log.split('\n').slice(0, -1);
      const entries = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as AccessLogEntry);
      const found = entries.find(matches);
      if (found !== undefined) return found;
      await wait(LOG_INTERVAL_MS);
    }
  }

  /** A counter or gauge by its name in `/stats`; 0 while it has not been touched. */
  async stat(name: string): Promise<number> {
    const text = await (await fetch(`${this.#adminUrl}/stats?filter=^${name.replaceAll('.', '\\.')}$`)).text();
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** A page of the administration. */
  async admin(path: string): Promise<string> {
    return (await fetch(`${this.#adminUrl}${path}`)).text();
  }

  /** Resolves once so many brokers are healthy in its eyes. */
  async untilHealthy(count: number): Promise<void> {
    while ((await this.stat('cluster.waybill.membership_healthy')) !== count) await wait(STAT_INTERVAL_MS);
  }

  /** Resident memory in bytes. */
  residentBytes(): number {
    const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

interface Ports {
  readonly admin: number;
  readonly grpc: number;
  readonly eventBus: number;
  readonly observability: number;
}

function relocated(options: EnvoyOptions, ports: Ports): EnvoyConfig {
  const { brokers, file = 'envoy.yaml', otlpPort = NOBODY, rateLimitPort = NOBODY, edit } = options;
  const config = readEnvoyConfig(file);
  const { listeners, clusters } = config.static_resources;
  config.admin.address = addressOf(ports.admin);
  named(listeners, 'grpc').address = addressOf(ports.grpc);
  named(listeners, 'event-bus').address = addressOf(ports.eventBus);
  named(listeners, 'observability').address = addressOf(ports.observability);
  const moved = new Map<string, object[]>([
    ['waybill', brokers.map(({ grpc }) => ({ endpoint: { address: addressOf(grpc) } }))],
    [
      'event-bus',
      brokers.map(({ grpc, tcp = NOBODY }) => ({
        endpoint: { address: addressOf(tcp), health_check_config: { port_value: grpc } },
      })),
    ],
    ['jaeger', [{ endpoint: { address: addressOf(otlpPort) } }]],
    ['ratelimit', [{ endpoint: { address: addressOf(rateLimitPort) } }]],
    ['admin', [{ endpoint: { address: addressOf(ports.admin) } }]],
  ]);
  for (const cluster of clusters) {
    const endpoints = moved.get(cluster.name);
    if (endpoints === undefined) throw new Error(`no address for the cluster ${cluster.name}`);
    cluster.load_assignment = { cluster_name: cluster.name, endpoints: [{ lb_endpoints: endpoints }] };
  }
  edit?.(config);
  return config;
}

async function isLive(url: string): Promise<void> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
}

/** Port of `host:port`. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
