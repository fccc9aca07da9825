import type { Command } from 'commander';
import { EventBusError, type EventStatus, WaybillError } from '../../../client/index.js';
import { UsageError } from '../../exit-code.js';
import { reasonOf } from '../../failure.js';
import { pipelined } from '../../stream/pipelined.js';
import { streamCommand } from '../../stream/stream-command.js';
import type { Terminal } from '../../terminal.js';

const STATUSES: Readonly<Record<string, EventStatus>> = {
  unprocessed: 'unprocessed',
  processed: 'processed',
  retry: 'retry',
  '0': 'unprocessed',
  '1': 'processed',
  '2': 'retry',
};

export function markEventsCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'mark', 'set the status of events');
  return command
    .argument('<event-ids-and-status...>', 'ids of events, then unprocessed (0), processed (1) or retry (2)')
    .option('--lease-id <id>', 'only events that are still under this lease')
    .action((words: readonly string[], flags: { readonly leaseId?: string }) => {
      const ids = words.slice(0, -1);
      const status = statusFrom(words.at(-1) ?? '');
      if (ids.length === 0) throw new UsageError('give the ids of events, then a status');
      return withTransport({ ...flags }, async ({ transport, output }) => {
        let marked = 0;
        try {
          await pipelined(ids, {
            window: transport.window,
            send: (id) => transport.mark(id, status, flags.leaseId),
            report: async (id, outcome) => {
              if (outcome.ok) marked++;
              if (output.json)
                await output.record({ id, ...(outcome.ok ? { status } : { error: reasonOf(outcome.error) }) });
            },
            concernsItem: isAboutEvent,
          });
        } finally {
          const failed = ids.length - marked;
          if (!output.json) await output.line(`marked ${marked} ${status}${failed === 0 ? '' : `, ${failed} not`}`);
        }
      });
    });
}

function statusFrom(word: string): EventStatus {
  const status = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  if (status === undefined) {
    throw new UsageError(`"${word}" is no status: unprocessed (0), processed (1) or retry (2)`);
  }
  return status;
}

function isAboutEvent(error: unknown): boolean {
  if (error instanceof EventBusError) return error.answered;
  return error instanceof WaybillError && ['EVENT_NOT_FOUND', 'LEASE_LOST', 'ACTION_DENIED'].includes(error.reason);
}
