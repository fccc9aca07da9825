import type { Command } from 'commander';
import type { SubjectSummary } from '../../client/index.js';
import { positiveNumber } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { formatTime } from '../message-view.js';
import type { Terminal } from '../terminal.js';

const MAX_PAGE = 1000;

export function subjectsCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('subjects', 'list the subjects that were ever published to');
  return command
    .argument('[prefix]', 'only subjects that begin so', '')
    .option('--count <number>', 'most subjects to list', positiveNumber, 1000)
    .action((prefix: string, flags: { readonly count: number }) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
        const rows: SubjectSummary[] = [];
        let pageToken = '';
        for (let left = flags.count; left > 0 && !output.readerGone.aborted;) {
          const request = { prefix, pageSize: Math.min(left, MAX_PAGE), pageToken };
          const page = await client.admin.listSubjects(request, { signal });
          left -= page.subjects.length;
          if (output.json) for (const subject of page.subjects) await output.record(subjectJson(subject));
          else rows.push(...page.subjects);
          pageToken = page.nextPageToken;
          if (pageToken === '') break;
        }
        if (output.json) return;
        await output.table(
          ['Subject', 'First', 'Last', 'Messages', 'Bytes', 'Subscribers', 'Last published'],
          rows.map((subject) => [
            subject.name,
            subject.firstId,
            subject.lastId,
            subject.messages,
            subject.bytes,
            subject.subscribers,
            formatTime(subject.lastPublishTimeUs),
          ]),
        );
      }),
    );
}

function subjectJson({ lastPublishTimeUs, ...subject }: SubjectSummary): object {
  return { ...subject, lastPublishTime: formatTime(lastPublishTimeUs) };
}
