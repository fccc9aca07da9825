import type { Output } from '../output.js';
import type { ShownEvent, ShownLease } from './stream-transport.js';
import { eventLine, writeEvents } from './stream-view.js';

/** Writes events as they come (as JSON) or in a table. */
export async function showEvents(
  output: Output,
  events: Iterable<ShownEvent> | AsyncIterable<ShownEvent>,
  lease?: ShownLease,
): Promise<void> {
  const rows: ShownEvent[] = [];
  for await (const event of events) {
    if (output.readerGone.aborted) return;
    if (output.json) await output.line(eventLine(event, lease));
    else rows.push(event);
  }
  if (!output.json) await writeEvents(output, rows);
}
