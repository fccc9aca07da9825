import { Command } from 'commander';
import type { Config } from '../config/config.js';
import type { CommandResult } from './command-result.js';
import { benchCommand } from './commands/bench.js';
import { clientsCommand } from './commands/clients.js';
import { configCommand } from './commands/config.js';
import { fetchCommand } from './commands/fetch.js';
import { healthCommand } from './commands/health.js';
import { infoCommand } from './commands/info.js';
import { listCommand } from './commands/list.js';
import { loadCommand } from './commands/load.js';
import { publishCommand } from './commands/publish.js';
import { purgeCommand } from './commands/purge.js';
import { serveCommand } from './commands/serve.js';
import { streamCommands } from './commands/stream.js';
import { subjectsCommand } from './commands/subjects.js';
import { subscribeCommand } from './commands/subscribe.js';
import { EXIT_OK } from './exit-code.js';
import { describeFailure } from './failure.js';
import { processTerminal, type Terminal } from './terminal.js';
import { VERSION } from '../core/version.js';

export interface ProgramDependencies {
  /** Runs the server until it has stopped, and answers the exit code. */
  readonly serve: (config: Config) => Promise<number>;
  /** By default the streams and signals of the process. */
  readonly terminal?: Terminal;
}

/** The `waybill` command. Failures reject `parseAsync`; use {@link runProgram} to have them reported. */
export function createProgram(
  { serve, terminal = processTerminal }: ProgramDependencies,
  result: CommandResult = { exitCode: EXIT_OK },
): Command {
  const program = new Command('waybill')
    .description('A gRPC message broker that runs on the storage you already operate.')
    .version(VERSION)
    .showHelpAfterError('(add --help for the usage)')
    .configureOutput({
      writeOut: (text) => terminal.output.write(text),
      writeErr: (text) => terminal.notices.write(text),
    });
  for (const command of [
    serveCommand(serve, result),
    publishCommand(terminal),
    subscribeCommand(terminal),
    fetchCommand(terminal),
    listCommand(terminal),
    subjectsCommand(terminal),
    purgeCommand(terminal),
    streamCommands(terminal),
    infoCommand(terminal),
    healthCommand(terminal),
    benchCommand(terminal),
    loadCommand(terminal, result),
    configCommand(terminal),
    clientsCommand(terminal),
  ]) {
    program.addCommand(inheritSettings(command, program));
  }
  return program.exitOverride();
}

function inheritSettings(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent).exitOverride();
  for (const child of command.commands) inheritSettings(child, command);
  return command;
}

/**
 * Runs one command line (without the interpreter and script) and reports failures on standard error.
 *
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly
 */
export async function runProgram(argv: readonly string[], dependencies: ProgramDependencies): Promise<number> {
  const result: CommandResult = { exitCode: EXIT_OK };
  try {
    await createProgram(dependencies, result).parseAsync([...argv], { from: 'user' });
    return result.exitCode;
  } catch (error) {
    const { message, exitCode } = describeFailure(error);
    if (message !== undefined) (dependencies.terminal ?? processTerminal).notices.write(`${message}\n`);
    return exitCode;
  }
}
