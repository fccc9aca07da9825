import type { RawBus } from '../../raw-bus.js';
import type { BusServer } from '../bus-server.js';

export type StartBusServer = (...flags: readonly string[]) => Promise<BusServer>;

/** A server that is killed and started again, and the gate at which its clients wait meanwhile. */
export class BusUnderTest {
  readonly #server: BusServer;
  #isServing = true;
  #waiting: (() => void)[] = [];
  #onWaiting = (): void => {};

  private constructor(server: BusServer) {
    this.#server = server;
  }

  /** @param start of a server with these flags whose data outlives it */
  static async start(start: StartBusServer): Promise<BusUnderTest> {
    return new BusUnderTest(await start('--log-level', 'warn'));
  }

  /** A connection, also while the gate is closed. */
  open(): Promise<RawBus> {
    return this.#server.open();
  }

  /** False from the moment in which it is killed. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Resolves when the gate is open. */
  async serving(): Promise<void> {
    while (!this.#isServing) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#onWaiting();
      });
    }
  }

  /** Resolves when so many clients wait at the gate. */
  async allWait(clients: number): Promise<void> {
    while (this.#waiting.length < clients) await new Promise<void>((resolve) => (this.#onWaiting = resolve));
  }

  /** kill -9, whatever it is doing; the gate is closed from then on. */
  async kill(): Promise<void> {
    this.#isServing = false;
    await this.#server.kill('SIGKILL');
    await this.#server.closeConnections();
  }

  /** Starts it again. @returns milliseconds until it said that it is ready */
  async restart(): Promise<number> {
    const begun = performance.now();
    await this.#server.restart();
    return performance.now() - begun;
  }

  /** Starts it and kills it again before it may be ready. */
  async killWhileStarting(uptimeMs: number): Promise<void> {
    await this.#server.killWhileStarting(uptimeMs);
  }

  openGate(): void {
    this.#isServing = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async dispose(): Promise<void> {
    this.#isServing = false;
    await this.#server.dispose();
  }
}
