import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, WaybillError, type WaybillClient } from '../../../src/client/index.js';
import { ServerProcess } from '../server-process.js';
import { STORED_SUBJECT } from './stored-messages.js';

/** How long one start took, in milliseconds from the spawn of the process. */
export interface StartTimes {
  /** Until it said that it is ready. */
  readonly readyMs: number;
  /** Until a client that had to connect got the answer to a Fetch. */
  readonly servingMs: number;
}

/** A broker that is killed and started again on the same folder and the same ports. */
export class BrokerUnderTest {
  readonly address: string;
  readonly adminAddress: string;
  readonly #path: string;
  #process: ServerProcess | undefined;
  #serving = false;
  #waiting: (() => void)[] = [];

  private constructor(path: string, address: string, adminAddress: string) {
    this.#path = path;
    this.address = address;
    this.adminAddress = adminAddress;
  }

  /** With ports that are free now. Nothing is started yet. */
  static async create(path: string): Promise<BrokerUnderTest> {
    const listeners = [createServer().listen(0, '127.0.0.1'), createServer().listen(0, '127.0.0.1')];
    await Promise.all(listeners.map((listener) => once(listener, 'listening')));
    const [address = '', adminAddress = ''] = listeners.map(
      (listener) => `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    );
    await Promise.all(listeners.map((listener) => once(listener.close(), 'close')));
    return new BrokerUnderTest(path, address, adminAddress);
  }

  /** Undefined while it is not running. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** A client with a connection of its own, which lasts over restarts. */
  connect(): WaybillClient {
    return connect({ address: this.address, ownConnection: true, timeoutMs: 10_000 });
  }

  /** Resolves when it serves, at once when it does. */
  async serving(): Promise<void> {
    while (!this.#serving) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Only spawns it: {@link kill} may follow at any moment. */
  spawn(): ServerProcess {
    this.#process = ServerProcess.spawn({
      flags: ['--grpc-address', this.address, '--admin-address', this.adminAddress]
        .concat(['--storage', 'embedded', '--embedded-path', this.#path])
        .concat(['--default-ttl', '0', '--idempotency-window', '1h', '--log-level', 'warn']),
    });
    return this.#process;
  }

  async start(): Promise<StartTimes> {
    const spawned = performance.now();
    await this.spawn().ready();
    const readyMs = performance.now() - spawned;
    const client = this.connect();
    try {
      await client.fetch(STORED_SUBJECT, 1).catch((error: unknown) => {
        if (!(error instanceof WaybillError && error.reason === 'MESSAGE_NOT_FOUND')) throw error;
      });
    } finally {
      client.close();
    }
    const servingMs = performance.now() - spawned;
    this.#serving = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    return { readyMs, servingMs };
  }

  /** kill -9, whatever it is doing. */
  async kill(): Promise<void> {
    this.#serving = false;
    const process = this.#process;
    this.#process = undefined;
    await process?.dispose();
  }
}
