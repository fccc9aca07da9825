import type { Command } from 'commander';
import { positiveNumber } from '../../arguments.js';
import { streamCommand } from '../../stream/stream-command.js';
import type { ShownStream } from '../../stream/stream-transport.js';
import { streamJson, writeStreams } from '../../stream/stream-view.js';
import type { Terminal } from '../../terminal.js';

export function listStreamsCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'list', 'list the streams; not over TCP');
  return command
    .argument('[prefix]', 'only streams whose names begin so', '')
    .option('--limit <number>', 'most streams to list', positiveNumber, 1000)
    .action((prefix: string, flags: { readonly limit: number }) =>
      withTransport({ ...flags }, async ({ transport, output }) => {
        const rows: ShownStream[] = [];
        let left = flags.limit;
        for await (const stream of transport.list(prefix)) {
          if (output.json) await output.record(streamJson(stream));
          else rows.push(stream);
          if (--left === 0 || output.readerGone.aborted) break;
        }
        if (!output.json) await writeStreams(output, rows);
      }),
    );
}
