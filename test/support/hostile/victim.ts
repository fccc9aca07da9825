import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { ServerProcess } from '../server-process.js';

const PRELOAD = join(__dirname, '../tell-memory-on-signal.cjs');
const TLS = join(__dirname, '../../fixtures/tls');
const MIB = 2 ** 20;

/** How often the resident memory is looked at while an attack goes on. */
const WATCH_MS = 50;

/** In MiB. */
export interface MemoryUse {
  readonly resident: number;
  /** Objects in use, garbage collected. */
  readonly heap: number;
}

export interface VictimOptions {
  readonly tls?: boolean;
  /** More of `waybill serve`. */
  readonly flags?: readonly string[];
}

/** A broker process that is attacked. */
export class Victim {
  readonly address: string;
  readonly tls: boolean;
  readonly #process: ServerProcess;
  #measured = 0;

  private constructor(process: ServerProcess, address: string, tls: boolean) {
    this.#process = process;
    this.address = address;
    this.tls = tls;
  }

  static async start({ tls = false, flags = [] }: VictimOptions = {}): Promise<Victim> {
    const tlsFlags = tls ? ['--tls-cert-file', join(TLS, 'server.pem'), '--tls-key-file', join(TLS, 'server.key')] : [];
    const process = ServerProcess.spawn({
      flags: [...tlsFlags, '--log-level', 'error', ...flags],
      environment: { NODE_OPTIONS: `--require=${PRELOAD}` },
    });
    const [, address = ''] = /grpc (\S+),/.exec(await process.ready()) ?? [];
    return new Victim(process, address, tls);
  }

  /** A client with a connection of its own. */
  async connect(address = this.address): Promise<WaybillClient> {
    if (!this.tls) return connect({ address, ownConnection: true });
    return connect({ address, ownConnection: true, tls: { ca: await readFile(join(TLS, 'ca.pem')) } });
  }

  async memory(): Promise<MemoryUse> {
    this.#process.kill('SIGUSR2');
    const line = await this.#process.printed(`memory ${++this.#measured}: `);
    return { resident: await this.#residentMib(), heap: Number(/: (\d+) bytes/.exec(line)?.[1]) / MIB };
  }

  /** Watches the resident memory until the function that is returned is called, which answers the most it was, in MiB. */
  watchResident(): () => Promise<number> {
    let peak = 0;
    const look = async (): Promise<void> => {
      peak = Math.max(peak, await this.#residentMib());
    };
    const timer = setInterval(() => void look(), WATCH_MS);
    return async () => {
      clearInterval(timer);
      await look();
      return peak;
    };
  }

  /** What is wrong with the process: nothing, while it lives and has complained about nothing. */
  get complaint(): string | undefined {
    const lines = this.#process.stdout.split('\n').filter((line) => line.startsWith('{'));
    const complaints = [this.#process.stderr, ...lines].filter((text) => text !== '');
    return complaints.length === 0 ? undefined : complaints.join('\n').slice(0, 2000);
  }

  /** Stops as always; answers what it complained about, if anything. */
  async stop(): Promise<string | undefined> {
    this.#process.kill('SIGTERM');
    const { code, signal } = await this.#process.exited;
    if (code !== 0) return `it ended with ${code ?? signal}: ${this.complaint ?? ''}`;
    return this.complaint;
  }

  dispose(): Promise<void> {
    return this.#process.dispose();
  }

  async #residentMib(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid ?? 0}/status`, 'utf8').catch(() => '');
    return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024) / MIB;
  }
}
