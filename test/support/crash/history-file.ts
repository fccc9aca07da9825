import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FinalLog, Operation } from '../history.js';

/** Writes one operation a line as JSON, then one line `{op: "log", subject, messages}` for each subject. */
export async function writeHistory(file: string, operations: readonly Operation[], finalLog: FinalLog): Promise<void> {
  await pipeline(Readable.from(lines(operations, finalLog)), createWriteStream(file));
}

function* lines(operations: readonly Operation[], finalLog: FinalLog): Generator<string> {
  for (const operation of operations) yield `${JSON.stringify(operation)}\n`;
  for (const [subject, messages] of finalLog) yield `${JSON.stringify({ op: 'log', subject, messages })}\n`;
}
