import { setTimeout as wait } from 'node:timers/promises';
import { connect, WaybillError, type WaybillClient } from '../../../src/client/index.js';
import { ServerProcess } from '../server-process.js';
import { freePort } from '../services/free-port.js';
import { STORED_SUBJECT } from './stored-messages.js';

const RETRY_PAUSE_MS = 20;

/** How long one start took, in milliseconds from the spawn of the process. */
export interface StartTimes {
  /** Until it said that it is ready. */
  readonly readyMs: number;
  /** Until a client that had to connect got the answer to a Fetch. */
  readonly servingMs: number;
}

/** Flags of `waybill serve`. */
export function embeddedFlags(path: string): readonly string[] {
  return ['--storage', 'embedded', '--embedded-path', path];
}

/** A broker that is killed and started again on the same storage and the same ports. */
export class BrokerUnderTest {
  readonly address: string;
  readonly adminAddress: string;
  readonly #flags: readonly string[];
  #process: ServerProcess | undefined;
  #isServing = false;
  #waiting: (() => void)[] = [];

  private constructor(flags: readonly string[], address: string, adminAddress: string) {
    this.#flags = flags;
    this.address = address;
    this.adminAddress = adminAddress;
  }

  /** With ports that are free now. Nothing is started yet. @param storageFlags of `waybill serve` */
  static async create(storageFlags: readonly string[]): Promise<BrokerUnderTest> {
    const [port, adminPort] = [await freePort(), await freePort()];
    const addresses = [`127.0.0.1:${port}`, `127.0.0.1:${adminPort}`] as const;
    const flags = ['--grpc-address', addresses[0], '--admin-address', addresses[1]]
      .concat(['--default-ttl', '0', '--idempotency-window', '1h', '--log-level', 'warn'])
      .concat(storageFlags);
    return new BrokerUnderTest(flags, ...addresses);
  }

  /** Undefined while it is not running. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get isServing(): boolean {
    return this.#isServing;
  }

  /** A client with a connection of its own, which lasts over restarts. */
  connect(): WaybillClient {
    return connect({ address: this.address, ownConnection: true, timeoutMs: 10_000 });
  }

  /** Resolves when it serves, at once when it does. */
  async serving(): Promise<void> {
    while (!this.#isServing) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Only spawns it: {@link kill} may follow at any moment. */
  spawn(): ServerProcess {
    this.#process = ServerProcess.spawn({ flags: this.#flags });
    return this.#process;
  }

  async start(): Promise<StartTimes> {
    const times = await this.startUnlessKilled();
    if (times === undefined) throw new Error('it was killed while it started');
    return times;
  }

  /** Undefined when {@link kill} came before it served. Waits for as long as its storage is away. */
  async startUnlessKilled(): Promise<StartTimes | undefined> {
    const spawned = performance.now();
    const process = this.spawn();
    let readyMs: number;
    try {
      await process.ready();
      readyMs = performance.now() - spawned;
      await this.#answers(process);
    } catch (error) {
      if (this.#process !== process) return undefined;
      throw error;
    }
    if (this.#process !== process) return undefined;
    const servingMs = performance.now() - spawned;
    this.#isServing = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    return { readyMs, servingMs };
  }

  /** Rejects when it ends without having been killed. */
  async ended(): Promise<never> {
    const process = this.#process;
    const exit = await process?.exited;
    if (process === undefined || this.#process !== process) return new Promise<never>(() => {});
    throw new Error(`a broker ended by itself with ${exit?.code ?? exit?.signal}: ${process.stderr}`);
  }

  /** kill -9, whatever it is doing. */
  async kill(): Promise<void> {
    this.#isServing = false;
    const process = this.#process;
    this.#process = undefined;
    await process?.dispose();
  }

  /** SIGTERM, and resolves when it has ended in good order. */
  async stop(): Promise<void> {
    this.#isServing = false;
    const process = this.#process;
    this.#process = undefined;
    process?.kill('SIGTERM');
    const exit = await process?.exited;
    if (exit?.code !== 0) throw new Error(`a broker ended with ${exit?.code ?? exit?.signal}: ${process?.stderr}`);
  }

  /** Resolves when a Fetch has an answer from the storage. */
  async #answers(process: ServerProcess): Promise<void> {
    const client = this.connect();
    try {
      while (this.#process === process) {
        try {
          await client.fetch(STORED_SUBJECT, 1);
          return;
        } catch (error) {
          if (!(error instanceof WaybillError)) throw error;
          if (error.reason === 'MESSAGE_NOT_FOUND') return;
          if (error.codeName !== 'UNAVAILABLE' && error.codeName !== 'DEADLINE_EXCEEDED') throw error;
          await wait(RETRY_PAUSE_MS);
        }
      }
    } finally {
      client.close();
    }
  }
}
