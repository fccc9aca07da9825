import { connect, type WaybillClient } from '../../src/client/index.js';
import { ServerProcess } from './server-process.js';

/** A broker as a process of its own with a client. */
export class ServedBroker {
  readonly #process: ServerProcess;
  readonly client: WaybillClient;
  /** `http://host:port` */
  readonly admin: string;
  readonly grpc: string;

  private constructor(process: ServerProcess, grpc: string, admin: string) {
    this.#process = process;
    this.grpc = grpc;
    this.admin = admin;
    this.client = connect({ address: grpc, ownConnection: true });
  }

  static async start(flags: readonly string[]): Promise<ServedBroker> {
    return ServedBroker.of(ServerProcess.spawn({ flags }));
  }

  /** Of a process that is on its way to being ready. */
  static async of(process: ServerProcess): Promise<ServedBroker> {
    try {
      const [, grpc, admin] = /grpc (\S+), admin (http:\S+),/.exec(await process.ready()) ?? [];
      return new ServedBroker(process, grpc!, admin!);
    } catch (error) {
      await process.dispose();
      throw error;
    }
  }

  get log(): string {
    return this.#process.stdout + this.#process.stderr;
  }

  async readiness(): Promise<{ readonly status: number; readonly reasons: readonly string[] }> {
    const response = await fetch(`${this.admin}/readyz`);
    const { reasons } = (await response.json()) as { readonly reasons: readonly string[] };
    return { status: response.status, reasons };
  }

  async isAlive(): Promise<boolean> {
    return (await fetch(`${this.admin}/livez`)).ok;
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.admin}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    if (line === undefined) throw new Error(`there is no metric ${name}`);
    return Number(line.slice(name.length + 1));
  }

  /** In good order. */
  async stop(): Promise<number | null> {
    this.client.close();
    this.#process.kill('SIGTERM');
    const { code } = await this.#process.exited;
    return code;
  }

  async dispose(): Promise<void> {
    this.client.close();
    await this.#process.dispose();
  }
}

/** Two brokers on one storage. */
export class ReplicaPair {
  private constructor(
    readonly here: ServedBroker,
    readonly there: ServedBroker,
  ) {}

  /** @param flags of the storage that they share */
  static async start(flags: readonly string[]): Promise<ReplicaPair> {
    // One after the other, so that a failure of the second leaves no process of the first behind.
    const here = await ServedBroker.start(flags);
    try {
      return new ReplicaPair(here, await ServedBroker.start(flags));
    } catch (error) {
      await here.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([this.here.dispose(), this.there.dispose()]);
  }
}
