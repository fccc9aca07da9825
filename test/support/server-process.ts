import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

const ENTRY = join(__dirname, '../../dist/main.js');

export interface ServerProcessOptions {
  /** Flags of `waybill serve`. Without any the server takes free ports and keeps everything in memory. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How the process ended: by itself with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const GOES_ON: Exit = { code: null, signal: null };

const DEFAULT_FLAGS = ['--grpc-address', '127.0.0.1:0', '--admin-address', '127.0.0.1:0', '--storage', 'memory'];

/** The built server as a process of its own, without the environment of whoever runs the tests. */
export class ServerProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<Exit>;
  /** Everything it has written so far. */
  stdout = '';
  stderr = '';

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    // 'close' comes after 'exit' and after everything that was written.
    this.exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  static spawn({ flags = [], environment = {} }: ServerProcessOptions = {}): ServerProcess {
    const child = spawn(process.execPath, [ENTRY, 'serve', ...DEFAULT_FLAGS, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    return new ServerProcess(child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The line that tells that it is ready. Rejects when it ends before. */
  async ready(): Promise<string> {
    return this.printed('waybill ');
  }

  /** The first line on standard output that contains `text`, now or later. Rejects when it ends before. */
  async printed(text: string): Promise<string> {
    for (;;) {
      // What comes after the last line break is not a line yet.
      const line = this.stdout
        .split('\n')
        .slice(0, -1)
        .find((candidate) => candidate.includes(text));
      if (line !== undefined) return line;
      const { code, signal } = await Promise.race([once(this.#child.stdout, 'data').then(() => GOES_ON), this.exited]);
      if (code !== null || signal !== null) throw new Error(`it ended with ${code ?? signal}: ${this.stderr}`);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** For the end of a test, whatever state it is in. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.exited;
  }
}
