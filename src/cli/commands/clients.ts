import { Command } from 'commander';
import { clearSecretProblem } from '../../auth/client-definition.js';
import { parseClients, readClientsFile } from '../../auth/clients-source.js';
import { hashSecret } from '../../auth/secret-hash.js';
import { BrokerError } from '../../core/errors.js';
import { UsageError } from '../exit-code.js';
import { Output } from '../output.js';
import { readSecret } from '../secret-input.js';
import type { Terminal } from '../terminal.js';

export function clientsCommand(terminal: Terminal): Command {
  const output = new Output(terminal, false);
  return new Command('clients')
    .description('prepare the clients of a server')
    .addCommand(
      new Command('hash')
        .description('hash a secret, which is asked for or read from standard input, for a file of clients')
        .action(async () => {
          const secret = await readSecret(terminal);
          const problem = clearSecretProblem(secret);
          if (problem !== undefined) throw new UsageError(`the secret ${problem}`);
          await output.line((await hashSecret(secret)).text);
        }),
    )
    .addCommand(
      new Command('check')
        .description('find out what is wrong with a file of clients')
        .argument('<file>')
        .action(async (file: string) => {
          const { clients, clearInFile } = await readClients(file);
          await output.line(`${file}: ${clients.length} clients`);
          if (clearInFile.length > 0) output.notice(`secrets stand in clear: ${clearInFile.join(', ')}`);
        }),
    );
}

async function readClients(file: string): Promise<ReturnType<typeof parseClients>> {
  const source = { list: undefined, file };
  try {
    return parseClients(source, await readClientsFile(source));
  } catch (error) {
    // The message is a list for people; a reason behind it would read as part of its last line.
    throw error instanceof BrokerError ? new Error(error.message, { cause: error }) : error;
  }
}
