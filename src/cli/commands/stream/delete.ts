import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { streamCommand } from '../../stream/stream-command.js';
import type { Terminal } from '../../terminal.js';

export function deleteStreamCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'delete', 'delete a stream and its events');
  return command
    .argument('<stream>')
    .option('--yes', 'do not ask')
    .action((name: string, flags: { readonly yes?: true }) =>
      withTransport({ ...flags }, async ({ transport, output, signal }) => {
        const asks = flags.yes !== true && terminal.input.isTTY === true;
        if (asks && !(await confirmed(terminal, `delete the stream ${name} and its events? [y/N] `, signal))) {
          throw new Error('nothing was deleted');
        }
        await transport.delete(name);
        if (output.json) await output.record({ name, deleted: true });
        else await output.line(`deleted ${name}`);
      }),
    );
}

async function confirmed({ input, notices }: Terminal, question: string, signal: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input, output: notices });
  try {
    return /^y(es)?$/i.test((await reader.question(question, { signal })).trim());
  } finally {
    reader.close();
  }
}
