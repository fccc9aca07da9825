import { formatDurationMs } from '../../config/duration.js';
import { bodyText } from '../message-view.js';
import type { Output } from '../output.js';
import type { ShownEvent, ShownLease, ShownStream } from './stream-transport.js';

/** What of a body fits into a line of the table. */
const SHOWN_CHARACTERS = 60;

/** A stream for programs. */
export function streamJson({ details, ...stream }: ShownStream): object {
  if (details === undefined) return stream;
  const { eventTtlMs, subject } = details;
  return { ...stream, subject, ...(eventTtlMs === undefined ? {} : { eventTtl: formatDurationMs(eventTtlMs) }) };
}

/** An event for programs, in one line. Its body is the JSON of the event itself, so that no digit of a number is lost. */
export function eventLine({ body, ...event }: ShownEvent, lease?: ShownLease): string {
  // In valid JSON line breaks stand only where a space may.
  const inOneLine = body.toString().replaceAll(/[\r\n]/g, ' ');
  const head = JSON.stringify({ ...event, ...(lease === undefined ? {} : { lease }) });
  return `${head.slice(0, -1)},"body":${inOneLine}}`;
}

export async function writeStreams(output: Output, streams: readonly ShownStream[]): Promise<void> {
  await output.table(
    ['Name', 'Id', 'Created', 'Events live', 'Subject'],
    streams.map(({ name, id, createTime, details }) => [name, id, createTime, lifeOf(details), details?.subject ?? '']),
  );
}

export async function writeEvents(output: Output, events: readonly ShownEvent[]): Promise<void> {
  await output.table(
    ['Id', 'Status', 'Created', 'Bytes', 'Body'],
    events.map(({ id, status, createTime, body }) => [id, status, createTime, body.length, firstLine(body)]),
  );
}

export function describeLease({ id, expireTime }: ShownLease): string {
  return `under lease ${id} until ${expireTime}`;
}

function lifeOf(details: ShownStream['details']): string {
  if (details === undefined) return '';
  return details.eventTtlMs === undefined ? 'until deleted' : formatDurationMs(details.eventTtlMs);
}

function firstLine(body: Buffer): string {
  const [line = ''] = bodyText(body).trimStart().split('\n', 1);
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS - 1)}…` : line;
}
