import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The appender in a process of its own. */
export class AppenderProcess {
  readonly #process: ChildProcess;
  readonly #lines: NodeJS.AsyncIterator<string>;

  constructor(folder: string, ...args: readonly string[]) {
    const script = join(__dirname, 'appender.ts');
    this.#process = spawn(process.execPath, ['--import', 'tsx', script, folder, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('the appender has no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next line it prints, or undefined when it has ended. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }

  /** Kills it as a power cut would end it; what it had printed can still be read with {@link line}. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
