import type { Command } from 'commander';
import type { ListRequest, ReceivedMessage } from '../../client/index.js';
import { pointInTime, positiveNumber } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { bodyText, formatTime, toJson } from '../message-view.js';
import type { Output } from '../output.js';
import type { Terminal } from '../terminal.js';

interface ListFlags {
  readonly from?: ListRequest['from'];
  readonly backwards?: true;
  readonly count: number;
}

/** Most that the server returns in one page. */
const MAX_PAGE = 1000;
/** What of a body fits into a line of the table. */
const SHOWN_CHARACTERS = 60;

export function listCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('list', 'list the stored messages of a subject');
  return command
    .argument('<subject>')
    .option('--from <id|time>', 'where to begin: an id, a time, or a duration ago (default: the oldest)', position)
    .option('--backwards', 'newest first')
    .option('--count <number>', 'most messages to list', positiveNumber, 20)
    .action((subject: string, flags: ListFlags) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
        let { from } = flags;
        const rows: ReceivedMessage[] = [];
        for (let left = flags.count; left > 0 && !output.readerGone.aborted;) {
          const page = await client.list(
            {
              subject,
              backwards: flags.backwards === true,
              pageSize: Math.min(left, MAX_PAGE),
              ...(from === undefined ? {} : { from }),
            },
            { signal },
          );
          left -= page.messages.length;
          if (output.json) for (const message of page.messages) await output.record(toJson(message));
          else rows.push(...page.messages);
          if (page.nextPageToken === '') break;
          from = { pageToken: page.nextPageToken };
        }
        if (!output.json) await writeTable(output, rows);
      }),
    );
}

function position(text: string): NonNullable<ListRequest['from']> {
  return /^\d+$/.test(text) && text !== '0' ? { id: positiveNumber(text) } : { timeUs: pointInTime(text) };
}

async function writeTable(output: Output, messages: readonly ReceivedMessage[]): Promise<void> {
  await output.table(
    ['Id', 'Published', 'Bytes', 'Body'],
    messages.map(({ id, publishTimeUs, body }) => [id, formatTime(publishTimeUs), body.length, firstLine(body)]),
  );
}

function firstLine(body: Buffer): string {
  const [line = ''] = bodyText(body).split('\n', 1);
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS - 1)}…` : line;
}
