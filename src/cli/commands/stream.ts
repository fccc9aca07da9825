import { Command } from 'commander';
import type { Terminal } from '../terminal.js';
import { createStreamCommand } from './stream/create.js';
import { deleteStreamCommand } from './stream/delete.js';
import { eventsCommand } from './stream/events.js';
import { streamInfoCommand } from './stream/info.js';
import { listStreamsCommand } from './stream/list.js';
import { markEventsCommand } from './stream/mark.js';
import { processEventsCommand, retryEventsCommand } from './stream/take.js';
import { writeEventsCommand } from './stream/write.js';

export function streamCommands(terminal: Terminal): Command {
  const stream = new Command('stream').description('work with streams of JSON events, by gRPC or over TCP');
  for (const command of [
    createStreamCommand(terminal),
    deleteStreamCommand(terminal),
    streamInfoCommand(terminal),
    listStreamsCommand(terminal),
    writeEventsCommand(terminal),
    eventsCommand(terminal),
    processEventsCommand(terminal),
    retryEventsCommand(terminal),
    markEventsCommand(terminal),
  ]) {
    stream.addCommand(command);
  }
  return stream;
}
