import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

const ROOT = `${__dirname}/../..`;

export interface LineProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
}

/** A program that says what it does in lines on standard output. It runs in the folder of the checkout. */
export class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #text = '';
  /** Everything it has written to standard error so far. */
  stderr = '';

  constructor(command: readonly [program: string, ...args: string[]], options: LineProcessOptions = {}) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...options.environment },
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdin.end(options.input);
    // 'close' comes after everything that was written.
    this.#ended = once(this.#child, 'close').then(() => undefined);
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#text += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** What it has written so far; what comes after the last line break is not a line yet. */
  get lines(): readonly string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** Resolves when a line matches. Rejects when it ends before. */
  async printed(pattern: RegExp): Promise<void> {
    await this.#until(
      () => this.lines.some((line) => pattern.test(line)),
      () => once(this.#child.stdout, 'data'),
      `printing ${pattern}`,
    );
  }

  /** Resolves when standard error contains the text. Rejects when it ends before. */
  async complained(text: string): Promise<void> {
    await this.#until(
      () => this.stderr.includes(text),
      () => once(this.#child.stderr, 'data'),
      `saying ${text}`,
    );
  }

  async #until(isTrue: () => boolean, more: () => Promise<unknown>, what: string): Promise<void> {
    let over = false;
    const ended = this.#ended.then(() => (over = true));
    while (!isTrue()) {
      if (over) throw new Error(`it ended without ${what}: ${this.#text}${this.stderr}`);
      await Promise.race([more(), ended]);
    }
  }

  /** Its lines, once it has ended with success. */
  async finished(): Promise<readonly string[]> {
    await this.#ended;
    if (this.#child.exitCode !== 0) {
      throw new Error(`it ended with ${this.#child.exitCode ?? this.#child.signalCode}: ${this.#text}${this.stderr}`);
    }
    return this.lines;
  }

  /** The exit code, once it has ended by itself; undefined when a signal ended it. */
  async exitCode(): Promise<number | undefined> {
    await this.#ended;
    return this.#child.exitCode ?? undefined;
  }

  /** For the end of a test, whatever state it is in. */
  async dispose(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    await this.#ended;
  }
}
