import { LineProcess } from './line-process.js';

export interface CommandOutcome {
  readonly exitCode: number | undefined;
  /** Standard output. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** The built `waybill` command, run as a process of its own against one server. */
export class CommandLine {
  readonly #address: string;
  readonly #running: LineProcess[] = [];

  constructor(address: string) {
    this.#address = address;
  }

  /** Starts a command that talks to the server. */
  start(args: readonly string[], input?: string): LineProcess {
    const [name = '', ...rest] = args;
    return this.#spawn([...name.split(' '), '--address', this.#address, ...rest], input);
  }

  /** Runs a command that talks to the server to its end. `name` may be of two words, such as `bench stream`. */
  async run(args: readonly string[], input?: string): Promise<CommandOutcome> {
    return outcomeOf(this.start(args, input));
  }

  /** The objects that a command with `--json` writes, one per line; rejects when it fails. */
  async records(args: readonly string[], input?: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const lines = await this.start([...args, '--json'], input).finished();
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Runs a command with exactly these arguments. */
  async runBare(args: readonly string[]): Promise<CommandOutcome> {
    return outcomeOf(this.#spawn(args));
  }

  /** Ends what still runs. */
  async dispose(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((process) => process.dispose()));
  }

  #spawn(args: readonly string[], input?: string): LineProcess {
    const command = new LineProcess([process.execPath, 'dist/main.js', ...args], {
      // Colours are for people.
      environment: { NO_COLOR: '1' },
      ...(input === undefined ? {} : { input }),
    });
    this.#running.push(command);
    return command;
  }
}

async function outcomeOf(command: LineProcess): Promise<CommandOutcome> {
  const exitCode = await command.exitCode();
  return { exitCode, lines: command.lines, stderr: command.stderr };
}
