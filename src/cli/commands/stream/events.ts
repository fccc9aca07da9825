import type { Command } from 'commander';
import { positiveNumber } from '../../arguments.js';
import { showEvents } from '../../stream/show-events.js';
import { streamCommand } from '../../stream/stream-command.js';
import type { Terminal } from '../../terminal.js';

interface EventsFlags {
  readonly limit: number;
  readonly after?: string;
}

export function eventsCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(
    terminal,
    'events',
    'list the events of a stream, whatever their status',
  );
  return command
    .argument('<stream>')
    .option('--limit <number>', 'most events to list', positiveNumber, 100)
    .option('--after <event id>', 'only events after this one')
    .action((name: string, { limit, after, ...flags }: EventsFlags) =>
      withTransport({ ...flags }, async ({ transport, output }) => {
        await showEvents(output, transport.events(name, 'all', { limit, after }));
      }),
    );
}
