import type { Command } from 'commander';
import { durationMs } from '../../arguments.js';
import { streamCommand } from '../../stream/stream-command.js';
import { streamJson } from '../../stream/stream-view.js';
import type { Terminal } from '../../terminal.js';

export function createStreamCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'create', 'create a stream');
  return command
    .argument('<stream>')
    .option('--ttl <duration>', "how long its events live, 0 for ever (default: the server's)", durationMs)
    .action((name: string, flags: { readonly ttl?: number }) =>
      withTransport({ ...flags }, async ({ transport, output }) => {
        const stream = await transport.create(name, flags.ttl);
        if (output.json) await output.record(streamJson(stream));
        else await output.line(`created ${stream.name} with the id ${stream.id}`);
      }),
    );
}
