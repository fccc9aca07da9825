import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf, gone, signal } from './process-tree.js';
import type { ServiceFolder } from './service-folder.js';
import { ownedCommand } from './owned-command.js';
import type { ServiceUser } from './service-user.js';

export interface ServiceProcessOptions {
  /** For messages: `PostgreSQL 18 at 127.0.0.1:15432`. */
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly folder: ServiceFolder;
  readonly user?: ServiceUser | undefined;
  /** Makes it end in good order at once, dropping its connections. */
  readonly stopSignal: NodeJS.Signals;
  /** Resolves when the server takes requests, rejects when it does not yet. */
  readonly probe: () => Promise<void>;
}

const READY_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 10_000;
const PROBE_INTERVAL_MS = 20;
const LOG_LINES = 20;

/** A server that a test kills, holds and starts again at the same address with the same data. A child of this process. */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  private constructor(options: ServiceProcessOptions) {
    this.#options = options;
  }

  /** Removes the folder when the server does not start. */
  static async start(options: ServiceProcessOptions): Promise<ServiceProcess> {
    const service = new ServiceProcess(options);
    try {
      await service.restart();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.#options.name} is not running`);
    return pid;
  }

  /** Starts it, after a stop in good order when it runs. Rejects with the last lines of its log when it does not start. */
  async restart(): Promise<void> {
    await this.#end();
    const { name, command, folder, user, probe } = this.#options;
    const log = openSync(folder.log, 'a');
    const [program, ...args] = ownedCommand(command, this.#options.stopSignal, user);
    const child = spawn(program, args, { cwd: folder.path, stdio: ['ignore', log, log] });
    closeSync(log);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      const problem = await probe().then(
        () => undefined,
        (error: Error) => error,
      );
      if (failure !== undefined) throw failure;
      const ended = child.exitCode ?? child.signalCode;
      // Something else may answer at its address.
      if (ended !== null) throw new Error(`${name} ended with ${ended}:\n${folder.lastLines(LOG_LINES)}`);
      if (problem === undefined) return;
      if (performance.now() > deadline) {
        throw new Error(`${name} is not ready: ${problem.message}\n${folder.lastLines(LOG_LINES)}`);
      }
      await Promise.race([wait(PROBE_INTERVAL_MS), this.#exited]);
    }
  }

  /** SIGKILL of it and of its own children, held or not; resolves when all are gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    this.#child = undefined;
    // Held first, so that it starts no more of them.
    child.kill('SIGSTOP');
    const children = childrenOf(child.pid);
    child.kill('SIGKILL');
    await this.#exited;
    for (const pid of children) signal(pid, 'SIGKILL');
    await gone(children);
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void {
    signal(this.pid, 'SIGSTOP');
    for (const pid of childrenOf(this.pid)) signal(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of childrenOf(this.pid)) signal(pid, 'SIGCONT');
    signal(this.pid, 'SIGCONT');
  }

  /** Ends it, whatever state it is in, and removes its data. */
  async stop(): Promise<void> {
    await this.#end();
    this.#options.folder.remove();
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) {
      this.resume();
      child.kill(this.#options.stopSignal);
      const tooLong = new AbortController();
      const timeout = wait(STOP_TIMEOUT_MS, undefined, { signal: tooLong.signal }).then(
        () => this.kill(),
        () => {},
      );
      await this.#exited;
      tooLong.abort();
      await timeout;
    }
    this.#child = undefined;
  }
}
