import { runProgram } from '../../src/cli/program.js';
import type { CommandOutcome } from './command-line.js';
import { TestTerminal } from './test-terminal.js';

/** The `waybill` command, run in this process: much faster than `CommandLine`, for tests of many commands. */
export class InlineCommandLine {
  readonly #address: string;

  /** @param address of the gRPC server */
  constructor(address: string) {
    this.#address = address;
  }

  /** Runs a command that talks to the server. `name` may be of two words, such as `stream info`. */
  run([name = '', ...rest]: readonly string[], input = ''): Promise<CommandOutcome> {
    return this.runBare([...name.split(' '), '--address', this.#address, ...rest], input);
  }

  /** The objects that a command with `--json` writes, one per line; rejects when it fails. */
  async records(args: readonly string[], input?: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { exitCode, lines, stderr } = await this.run([...args, '--json'], input);
    if (exitCode !== 0) throw new Error(`it ended with ${exitCode}: ${lines.join('\n')}${stderr}`);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Runs a command with exactly these arguments. */
  async runBare(args: readonly string[], input = ''): Promise<CommandOutcome> {
    const terminal = new TestTerminal(input);
    const exitCode = await runProgram(args, { serve: () => Promise.reject(new Error('no server here')), terminal });
    return { exitCode, lines: terminal.outputText.split('\n').slice(0, -1), stderr: terminal.noticesText };
  }
}
