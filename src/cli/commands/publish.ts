import { buffer } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { OutgoingMessage } from '../../client/index.js';
import { durationMs, header, positiveNumber, wholeNumber } from '../arguments.js';
import { clientCommand, withClient, type ClientContext } from '../client-command.js';
import { UsageError } from '../exit-code.js';
import { formatTime } from '../message-view.js';
import { publishMany } from '../publish-many.js';
import type { Terminal } from '../terminal.js';

interface PublishFlags {
  readonly count: number;
  readonly header?: readonly (readonly [string, string])[];
  readonly ttl?: number;
  readonly key?: string;
  readonly expectLastId?: number;
  readonly fireAndForget?: true;
}

export function publishCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand('publish', 'publish messages');
  return command
    .argument('<subject>')
    .argument(
      '[body]',
      'the body; "-" publishes each line of standard input; without it, all of standard input is one body',
    )
    .option(
      '--count <number>',
      'publish so many times; {{Count}} in subject, body, headers and key counts from 1',
      positiveNumber,
      1,
    )
    .option('--header <name:value>', 'a header; may be repeated', header)
    .option('--ttl <duration>', "how long it lives (default: the server's)", durationMs)
    .option('--key <key>', 'idempotency key: the same key again answers the first id')
    .option('--expect-last-id <id>', 'publish only when this is the last id of the subject, 0 for none', wholeNumber)
    .option('--fire-and-forget', 'only for the subscribers of this moment; never stored')
    .action((subject: string, body: string | undefined, flags: PublishFlags) =>
      withClient(terminal, configFlags, { ...flags }, async (context) => {
        if (body === '-') {
          await publishMany(context, lines(terminal, subject, flags));
          return;
        }
        const content = body ?? (await wholeInput(terminal));
        if (flags.count === 1) await publishOne(context, fill({ subject, body: content, flags }, 1));
        else await publishMany(context, copies(subject, content, flags));
      }),
    );
}

async function publishOne({ client, output, signal }: ClientContext, message: OutgoingMessage): Promise<void> {
  const { id, publishTimeUs, duplicate, cursor } = await client.publish(message, { signal });
  if (output.json) {
    await output.record({ subject: message.subject, id, publishTime: formatTime(publishTimeUs), duplicate, cursor });
  } else {
    await output.line(`${message.subject} #${id}${duplicate ? ' (published before with this key)' : ''}`);
  }
}

function* copies(subject: string, body: string | Buffer, flags: PublishFlags): Generator<OutgoingMessage> {
  for (let count = 1; count <= flags.count; count++) yield fill({ subject, body, flags }, count);
}

async function* lines(terminal: Terminal, subject: string, flags: PublishFlags): AsyncGenerator<OutgoingMessage> {
  if (flags.count !== 1) throw new UsageError('--count cannot be combined with lines from standard input');
  let count = 0;
  for await (const body of createInterface({ input: terminal.input, crlfDelay: Infinity })) {
    count++;
    yield fill({ subject, body, flags }, count);
  }
}

async function wholeInput(terminal: Terminal): Promise<Buffer> {
  if (terminal.input.isTTY === true) throw new UsageError('a body is needed, as an argument or on standard input');
  return buffer(terminal.input);
}

interface Template {
  readonly subject: string;
  readonly body: string | Buffer;
  readonly flags: PublishFlags;
}

/** The message number `count` of a template. Bodies of bytes are taken as they are. */
function fill({ subject, body, flags }: Template, count: number): OutgoingMessage {
  const fillText = (template: string): string => template.replaceAll('{{Count}}', String(count));
  return {
    subject: fillText(subject),
    body: typeof body === 'string' ? fillText(body) : body,
    ...(flags.header === undefined
      ? {}
      : { headers: flags.header.map(([name, value]) => [name, fillText(value)] as const) }),
    ...(flags.ttl === undefined ? {} : { ttlMs: flags.ttl }),
    ...(flags.key === undefined ? {} : { idempotencyKey: fillText(flags.key) }),
    ...(flags.expectLastId === undefined ? {} : { expectedLastId: flags.expectLastId }),
    ...(flags.fireAndForget === true ? { fireAndForget: true } : {}),
  };
}
