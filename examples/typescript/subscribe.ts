/**
 * Prints the messages of a subject or pattern, for ever: npx tsx subscribe.ts SUBJECT [CURSOR_FILE]
 *
 * The position is kept in CURSOR_FILE, so that nothing is missed when this program is stopped and started again. While it
 * runs, the client itself resumes after a lost connection. Without a position it begins with the oldest message.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { WaybillError, connect, type SubscribeFrom } from '../../src/client/index.js';
import { ADDRESS } from './address.js';

function readCursor(file: string): SubscribeFrom {
  return existsSync(file) ? { cursor: readFileSync(file, 'utf8') } : 'earliest';
}

/** Replaces the file as a whole: a program that is killed here leaves the old position or the new one. */
function writeCursor(file: string, cursor: string): void {
  writeFileSync(`${file}.new`, cursor);
  renameSync(`${file}.new`, file);
}

async function main(subject = '>', cursorFile = 'waybill.cursor'): Promise<void> {
  const client = connect({ address: ADDRESS });
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const request = { subjects: [subject], from: readCursor(cursorFile) };
    for await (const event of client.subscribe(request, { signal: interrupted.signal })) {
      if (event.kind === 'confirmed') console.log('subscribed');
      if (event.kind === 'reconnecting') console.log(`reconnecting after ${event.error.reason}`);
      if (event.kind === 'batch') {
        for (const { subject: of, id, body } of event.messages) console.log(`${of} ${id}: ${body.toString()}`);
      }
      // Only after the work is done: a crash before this line repeats the frame instead of losing it.
      if (event.cursor !== '') writeCursor(cursorFile, event.cursor);
    }
  } finally {
    client.close();
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof WaybillError ? `failed: ${error.reason}: ${error.message}` : error);
  process.exitCode = 1;
});
