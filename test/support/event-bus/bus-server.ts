import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { RawBus } from '../raw-bus.js';
import { type Exit, ServerProcess } from '../server-process.js';
import type { ServiceName } from '../services/run.js';
import { createNamespace } from '../services/storage-namespace.js';
import { CREDENTIALS } from './bus-requests.js';

/** A server process with the event bus open for the client of the documents. */
export class BusServer {
  readonly #flags: readonly string[];
  readonly #removeData: () => Promise<void>;
  readonly #opened: { dispose(): Promise<void> }[] = [];
  #process: ServerProcess;
  #addresses = { grpc: '127.0.0.1:0', admin: '127.0.0.1:0', tcp: '127.0.0.1:0' };

  private constructor(flags: readonly string[], removeData: () => Promise<void>) {
    this.#flags = flags;
    this.#removeData = removeData;
    this.#process = this.#spawn();
  }

  /** @param flags of `waybill serve`, besides those of the addresses */
  static async start(...flags: readonly string[]): Promise<BusServer> {
    return BusServer.#ready(new BusServer(flags, async () => {}));
  }

  /** On the embedded storage, with a folder that lasts until {@link dispose}. */
  static async startEmbedded(...flags: readonly string[]): Promise<BusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'waybill-bus-'));
    const storage = ['--storage', 'embedded', '--embedded-path', folder];
    return BusServer.#ready(new BusServer([...storage, ...flags], () => rm(folder, { recursive: true })));
  }

  /** On a server that tests share, in a part of its own that lasts until {@link dispose}. */
  static async startOn(service: ServiceName, ...flags: readonly string[]): Promise<BusServer> {
    const namespace = createNamespace(service);
    return BusServer.#ready(new BusServer([...namespace.flags, ...flags], () => namespace.remove()));
  }

  static async #ready(server: BusServer): Promise<BusServer> {
    try {
      await server.#readAddresses();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  /** Of the event bus; the same after a restart. */
  get address(): string {
    return this.#addresses.tcp;
  }

  get grpcAddress(): string {
    return this.#addresses.grpc;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** A connection that ends with the server at the latest. */
  async open(): Promise<RawBus> {
    const bus = await RawBus.open(this.address);
    this.#opened.push(bus);
    return bus;
  }

  async openMany(count: number): Promise<RawBus[]> {
    return Promise.all(Array.from({ length: count }, () => this.open()));
  }

  /** A gRPC client that ends with the server at the latest. */
  grpcClient(): WaybillClient {
    const client = connect({ address: this.grpcAddress, ownConnection: true });
    this.#opened.push({ dispose: async () => client.close() });
    return client;
  }

  /** The values of a metric, summed over its labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://${this.#addresses.admin}/metrics`)).text();
    const samples = Array.from(text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm')), ([, value]) =>
      Number(value),
    );
    if (samples.length === 0) throw new Error(`there is no metric ${name}`);
    return samples.reduce((sum, value) => sum + value, 0);
  }

  async kill(signal: NodeJS.Signals): Promise<Exit> {
    this.#process.kill(signal);
    return this.#process.exited;
  }

  /** Starts it again after {@link kill}, at the same addresses. */
  async restart(): Promise<void> {
    this.#process = this.#spawn();
    await this.#readAddresses();
  }

  /** Starts it after {@link kill}, and kills it so many milliseconds later, ready or not. */
  async killWhileStarting(afterMs: number): Promise<void> {
    this.#process = this.#spawn();
    await wait(afterMs);
    await this.kill('SIGKILL');
  }

  /** Stops it as an operator would, and fails when it has anything to complain about. */
  async stop(): Promise<void> {
    await this.closeConnections();
    const { code } = await this.kill('SIGTERM');
    expect({ code, stderr: this.#process.stderr }).toEqual({ code: 0, stderr: '' });
    expect(this.#process.stdout).not.toMatch(/"level":"(?:error|fatal)"/);
  }

  async closeConnections(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((opened) => opened.dispose()));
  }

  /** Ends it, whatever state it is in, and removes its data. */
  async dispose(): Promise<void> {
    await this.closeConnections();
    await this.#process.dispose();
    await this.#removeData();
  }

  #spawn(): ServerProcess {
    const { grpc, admin, tcp } = this.#addresses;
    return ServerProcess.spawn({
      flags: [...this.#flags, '--grpc-address', grpc, '--admin-address', admin],
      environment: {
        WAYBILL_CLIENTS: `${CREDENTIALS.client_id}:${CREDENTIALS.client_secret}`,
        WAYBILL_TCP_ADDRESS: tcp,
      },
    });
  }

  async #readAddresses(): Promise<void> {
    const ready = await this.#process.ready();
    const [, grpc] = /grpc ([^\s,]+)/.exec(ready) ?? [];
    const [, admin] = /admin http:\/\/([^\s,]+)/.exec(ready) ?? [];
    const [, tcp] = /tcp ([^\s,]+)/.exec(ready) ?? [];
    if (grpc === undefined || admin === undefined || tcp === undefined) throw new Error(`no event bus: ${ready}`);
    this.#addresses = { grpc, admin, tcp };
  }
}
