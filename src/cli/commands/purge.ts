import type { Command } from 'commander';
import type { PurgeBefore } from '../../client/index.js';
import { pointInTime, positiveNumber, wholeNumber } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';

interface PurgeFlags {
  readonly all?: true;
  readonly beforeId?: number;
  /** Microseconds. */
  readonly beforeTime?: number;
  readonly keepLast?: number;
  readonly execute?: true;
}

export function purgeCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('purge', 'remove messages of a subject; a dry run by default');
  return command
    .argument('<subject>')
    .option('--all', 'all messages')
    .option('--before-id <id>', 'messages with a smaller id', positiveNumber)
    .option('--before-time <time>', 'messages published before this time, or so long ago', (text) => pointInTime(text))
    .option('--keep-last <number>', 'all but the newest so many', wholeNumber)
    .option('--execute', 'really remove them')
    .action((subject: string, flags: PurgeFlags) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
        const before = bound(flags);
        const request = { subject, execute: flags.execute === true, ...(before === undefined ? {} : { before }) };
        const result = await client.admin.purgeSubject(request, { signal });
        if (output.json) {
          await output.record({ subject, ...result });
          return;
        }
        const verb = result.executed ? 'removed' : 'would remove';
        await output.line(`${verb} ${result.messages} messages, ${result.bytes} bytes; first id ${result.firstId}`);
        if (!result.executed) output.notice('nothing was removed: this was a dry run; add --execute');
      }),
    );
}

/** Undefined: all messages. */
function bound(flags: PurgeFlags): PurgeBefore | undefined {
  const bounds: PurgeBefore[] = [];
  if (flags.beforeId !== undefined) bounds.push({ id: flags.beforeId });
  if (flags.beforeTime !== undefined) bounds.push({ timeUs: flags.beforeTime });
  if (flags.keepLast !== undefined) bounds.push({ keepLast: flags.keepLast });
  if (bounds.length + (flags.all === true ? 1 : 0) !== 1) {
    throw new UsageError('give exactly one of --all, --before-id, --before-time and --keep-last');
  }
  return bounds[0];
}
