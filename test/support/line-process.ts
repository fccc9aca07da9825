import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const ROOT = `${__dirname}/../..`;

export interface LineProcessOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program that says what it does in lines on standard output. It runs in the folder of the checkout. */
export class LineProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<void>;
  #text = '';
  /** Everything it has written to standard error so far. */
  stderr = '';

  constructor(command: readonly [program: string, ...args: string[]], { environment = {} }: LineProcessOptions = {}) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    // 'close' comes after everything that was written.
    this.#ended = once(this.#child, 'close').then(() => undefined);
    this.#child.stdout.on('data', (chunk: Buffer) => (this.#text += chunk.toString()));
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** What it has written so far; what comes after the last line break is not a line yet. */
  get lines(): readonly string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** Resolves when as many lines as `count` match. Rejects when it ends before. */
  async printed(pattern: RegExp, count = 1): Promise<void> {
    let over = false;
    const ended = this.#ended.then(() => (over = true));
    while (this.lines.filter((line) => pattern.test(line)).length < count) {
      if (over) throw new Error(`it ended without printing ${pattern}: ${this.#text}${this.stderr}`);
      await Promise.race([once(this.#child.stdout, 'data'), ended]);
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
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
