import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FinalLog, Operation, StoredMessage } from '../history.js';

/** Writes one operation a line as JSON, then one line `{op: "log", subject, messages}` for each subject. */
export async function writeHistory(file: string, operations: readonly Operation[], finalLog: FinalLog): Promise<void> {
  await pipeline(Readable.from(lines(operations, finalLog)), createWriteStream(file));
}

/** What {@link writeHistory} has written. */
export async function readHistory(file: string): Promise<{ operations: Operation[]; finalLog: FinalLog }> {
  const operations: Operation[] = [];
  const finalLog = new Map<string, readonly StoredMessage[]>();
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const line = JSON.parse(text) as Operation | LogLine;
    if (line.op === 'log') finalLog.set(line.subject, line.messages);
    else operations.push(line);
  }
  return { operations, finalLog };
}

interface LogLine {
  readonly op: 'log';
  readonly subject: string;
  readonly messages: readonly StoredMessage[];
}

function* lines(operations: readonly Operation[], finalLog: FinalLog): Generator<string> {
  for (const operation of operations) yield `${JSON.stringify(operation)}\n`;
  for (const [subject, messages] of finalLog) yield `${JSON.stringify({ op: 'log', subject, messages })}\n`;
}
