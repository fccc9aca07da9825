import type { ServiceProcess } from './service-process.js';

/** A server of a storage, with data of its own, that a test may kill, hold and start again. */
export abstract class StorageServer {
  readonly #process: ServiceProcess;

  protected constructor(process: ServiceProcess) {
    this.#process = process;
  }

  /** Of the process that was started; PostgreSQL's is the postmaster. */
  get pid(): number {
    return this.#process.pid;
  }

  /** SIGKILL to it and its children; resolves when all are gone. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Starts it with the same data at the same port; one that runs is stopped in good order before. */
  async restart(): Promise<void> {
    await this.#process.restart();
  }

  /** SIGSTOP to it and its children. */
  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }

  /** Ends it, whatever state it is in, and removes its data. */
  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
