import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Exit, ServerProcess } from './server-process.js';

/** A server process that can be ended and started again at the same address with the same data. */
export class DurableServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waybill-server-'));
  readonly #flags: readonly string[];
  #process: ServerProcess | undefined;
  #address = '127.0.0.1:0';
  #adminUrl = '';

  private constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  /** @param flags of `waybill serve`, besides those of storage and addresses */
  static async start(flags: readonly string[] = []): Promise<DurableServer> {
    const server = new DurableServer(flags);
    await server.restart();
    return server;
  }

  get address(): string {
    return this.#address;
  }

  /** Starts it again after `end`. */
  async restart(): Promise<void> {
    const flags = ['--storage', 'embedded', '--embedded-path', this.#folder, '--grpc-address', this.#address];
    this.#process = ServerProcess.spawn({ flags: [...flags, ...this.#flags] });
    const ready = await this.#process.ready();
    const [, address = '', adminUrl = ''] = /grpc (\S+), admin (\S+),/.exec(ready) ?? [];
    this.#address = address;
    this.#adminUrl = adminUrl;
  }

  /** Resolves when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit | undefined> {
    this.#process?.kill(signal);
    return this.#process?.exited;
  }

  /** The values of a metric, summed over its labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.#adminUrl}/metrics`)).text();
    const samples = Array.from(text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm')), ([, value]) =>
      Number(value),
    );
    if (samples.length === 0) throw new Error(`there is no metric ${name}`);
    return samples.reduce((sum, value) => sum + value, 0);
  }

  /** Ends it, whatever state it is in, and removes its data. */
  async dispose(): Promise<void> {
    await this.#process?.dispose();
    rmSync(this.#folder, { recursive: true });
  }
}
