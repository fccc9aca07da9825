import type { Command } from 'commander';
import { positiveNumber } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { toJson, toText } from '../message-view.js';
import type { Terminal } from '../terminal.js';

interface FetchFlags {
  readonly raw?: true;
}

export function fetchCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('fetch', 'show one message');
  return command
    .argument('<subject>')
    .argument('<id>', 'id of the message', positiveNumber)
    .option('--raw', 'write the bytes of the body and nothing else')
    .action((subject: string, id: number, flags: FetchFlags) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
        const message = await client.fetch(subject, id, { signal });
        if (flags.raw === true) await output.write(message.body);
        else if (output.json) await output.record(toJson(message));
        else await output.write(toText(message));
      }),
    );
}
