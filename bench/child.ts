import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of the benchmark: a server that is ready, or a load that runs to its end. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts `node args`, and answers what `ready` finds in the first line that it accepts. */
  static async server(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    ready: (line: string) => string | undefined,
  ): Promise<{ child: Child; address: string }> {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      const address = ready(line);
      if (address === undefined) continue;
      child.stdout.resume();
      return { child: new Child(child), address };
    }
    throw new Error(`${args.join(' ')} ended before it was ready`);
  }

  /** Runs `node args` to its end and answers the JSON in its last line. */
  static async result<T>(args: readonly string[]): Promise<T> {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${args.join(' ')} failed with ${code}`);
    return JSON.parse(output.trim().split('\n').at(-1)!) as T;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const closed = once(this.#process, 'close');
    this.#process.kill('SIGTERM');
    await closed;
  }
}
