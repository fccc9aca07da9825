import type { Command } from 'commander';
import type { ReceivedMessage, SubscribeFrom, SubscriptionEvent } from '../../client/index.js';
import { positiveNumber, startPosition } from '../arguments.js';
import { clientCommand, withClient } from '../client-command.js';
import { toJson, toText } from '../message-view.js';
import type { Output } from '../output.js';
import type { Terminal } from '../terminal.js';

interface SubscribeFlags {
  readonly from: SubscribeFrom;
  readonly count?: number;
  readonly untilHead?: true;
  readonly skipTruncated?: true;
  readonly raw?: true;
  readonly resume: boolean;
}

export function subscribeCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('subscribe', 'show messages as they are published');
  return command
    .argument('<subject...>', 'subjects or patterns: * stands for one token, > at the end for all that follow')
    .option('--from <position>', 'new, earliest, an id, a time, a duration ago, or cursor:…', startPosition, 'new')
    .option('--count <number>', 'end after so many messages', positiveNumber)
    .option('--until-head', 'end when all that is stored now has been shown')
    .option('--skip-truncated', 'go on with the oldest message when the position asked for is gone')
    .option('--raw', 'write bodies and nothing else, each followed by a line feed')
    .option('--no-resume', 'end when the connection is lost instead of going on after the last message')
    .action((subjects: readonly string[], flags: SubscribeFlags) =>
      withClient(terminal, configFlags, { ...flags }, async ({ client, output, signal }) => {
        const subscription = client.subscribe(
          {
            subjects,
            from: flags.from,
            onTruncated: flags.skipTruncated === true ? 'skip' : 'fail',
            stopAtHead: flags.untilHead === true,
            ...(flags.count === undefined ? {} : { maxMessages: flags.count }),
          },
          { signal, resume: flags.resume },
        );
        try {
          for await (const event of subscription) {
            if (event.kind === 'batch') {
              for (const message of event.messages) await show(message, output, flags.raw === true);
            } else {
              notify(event, output);
            }
          }
        } finally {
          if (subscription.cursor !== undefined)
            output.notice(`to go on from here: --from cursor:${subscription.cursor}`);
        }
      }),
    );
}

async function show(message: ReceivedMessage, output: Output, raw: boolean): Promise<void> {
  if (raw) await output.write(Buffer.concat([message.body, LINE_FEED]));
  else if (output.json) await output.record(toJson(message));
  else await output.write(toText(message));
}

const LINE_FEED = Buffer.from('\n');

function notify(event: Exclude<SubscriptionEvent, { kind: 'batch' }>, output: Output): void {
  switch (event.kind) {
    case 'confirmed':
      output.notice('subscribed');
      break;
    case 'caughtUp':
      output.notice('caught up: what follows is live');
      break;
    case 'fellBehind':
      output.notice('fell behind: reading from the storage');
      break;
    case 'truncated':
      output.notice(`messages of ${event.subject} before ${event.firstAvailableId} are gone`);
      break;
    case 'draining':
      output.notice('the server is stopping');
      break;
    case 'reconnecting':
      output.notice(`${event.error.message}; reconnecting in ${Math.round(event.delayMs)} ms`);
      break;
    case 'heartbeat':
      break;
  }
}
