import type { Command } from 'commander';
import { durationMs, positiveNumber } from '../../arguments.js';
import { showEvents } from '../../stream/show-events.js';
import { streamCommand } from '../../stream/stream-command.js';
import type { StatusToTake } from '../../stream/stream-transport.js';
import { describeLease } from '../../stream/stream-view.js';
import type { Terminal } from '../../terminal.js';

interface TakeFlags {
  readonly limit: number;
  readonly after?: string;
  /** Milliseconds. */
  readonly lease?: number;
}

export function processEventsCommand(terminal: Terminal): Command {
  return takeCommand(terminal, 'process', 'unprocessed', 'list the events of a stream that are unprocessed');
}

export function retryEventsCommand(terminal: Terminal): Command {
  return takeCommand(terminal, 'retry', 'retry', 'list the events of a stream that are marked for a retry');
}

function takeCommand(terminal: Terminal, name: string, status: StatusToTake, description: string): Command {
  const { command, withTransport } = streamCommand(terminal, name, description);
  return command
    .argument('<stream>')
    .option('--limit <number>', 'most events to list; under one lease at most 1000', positiveNumber, 100)
    .option('--after <event id>', 'only events after this one')
    .option('--lease <duration>', 'keep them from other processors for so long, 1s to 24h', durationMs)
    .action((stream: string, { limit, after, lease: leaseMs, ...flags }: TakeFlags) =>
      withTransport({ ...flags }, async ({ transport, output }) => {
        if (leaseMs === undefined) {
          await showEvents(output, transport.events(stream, status, { limit, after }));
          return;
        }
        const { events, lease } = await transport.lease(stream, status, { limit, after, leaseMs });
        await showEvents(output, events, lease);
        if (lease !== undefined && !output.json) output.notice(describeLease(lease));
      }),
    );
}
