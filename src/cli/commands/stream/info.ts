import type { Command } from 'commander';
import { streamCommand } from '../../stream/stream-command.js';
import { streamJson, writeStreams } from '../../stream/stream-view.js';
import type { Terminal } from '../../terminal.js';

export function streamInfoCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'info', 'show a stream');
  return command.argument('<stream>').action((name: string, flags: object) =>
    withTransport({ ...flags }, async ({ transport, output }) => {
      const stream = await transport.info(name);
      if (output.json) await output.record(streamJson(stream));
      else await writeStreams(output, [stream]);
    }),
  );
}
