import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { EventBusError, WaybillError } from '../../../client/index.js';
import { UsageError } from '../../exit-code.js';
import { reasonOf } from '../../failure.js';
import { inputLines } from '../../input-lines.js';
import { pipelined } from '../../stream/pipelined.js';
import { type StreamContext, streamCommand } from '../../stream/stream-command.js';
import type { Terminal } from '../../terminal.js';

export function writeEventsCommand(terminal: Terminal): Command {
  const { command, withTransport } = streamCommand(terminal, 'write', 'write events to a stream');
  return command
    .argument('<stream>')
    .argument('[event]', 'JSON; "-" writes each line of standard input; without it, all of standard input is one event')
    .action((name: string, event: string | undefined, flags: object) =>
      withTransport({ ...flags }, async (context) => {
        if (event === '-') await writeLines(context, name, terminal);
        else await writeOne(context, name, event === undefined ? await wholeInput(terminal) : Buffer.from(event));
      }),
    );
}

async function wholeInput(terminal: Terminal): Promise<Buffer> {
  if (terminal.input.isTTY === true) throw new UsageError('an event is needed, as an argument or on standard input');
  return buffer(terminal.input);
}

async function writeOne({ transport, output }: StreamContext, stream: string, event: Buffer): Promise<void> {
  const written = await transport.write(stream, event);
  if (output.json) await output.record({ stream, ...written });
  // Over TCP nothing but success is told.
  else await output.line(`written${written.id === undefined ? '' : ` as ${written.id}`}`);
}

/** Reports each event (as JSON) or how many there were. */
async function writeLines({ transport, output }: StreamContext, stream: string, terminal: Terminal): Promise<void> {
  let written = 0;
  let refused = 0;
  try {
    await pipelined(eventLines(terminal), {
      window: transport.window,
      send: (event) => transport.write(stream, event),
      report: async (_event, outcome) => {
        if (outcome.ok) written++;
        else refused++;
        if (!output.json) return;
        await output.record({ stream, ...(outcome.ok ? outcome.result : { error: reasonOf(outcome.error) }) });
      },
      concernsItem: isAboutEvent,
    });
  } finally {
    if (!output.json) await output.line(`wrote ${written} events${refused === 0 ? '' : `, ${refused} failed`}`);
  }
}

async function* eventLines(terminal: Terminal): AsyncGenerator<Buffer, void, void> {
  for await (const line of inputLines(terminal.input)) if (line.length > 0) yield line;
}

function isAboutEvent(error: unknown): boolean {
  if (error instanceof WaybillError) return error.reason === 'EVENT_INVALID' || error.reason === 'MESSAGE_TOO_LARGE';
  // What is no JSON is not even sent.
  return error instanceof EventBusError && error.cause instanceof SyntaxError;
}
