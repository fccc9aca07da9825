import { isUtf8 } from 'node:buffer';
import type { ReceivedMessage } from '../client/index.js';

/** ISO 8601 with microseconds; empty for 0. */
export function formatTime(timeUs: number): string {
  if (timeUs === 0) return '';
  const micros = String(timeUs % 1000).padStart(3, '0');
  return new Date(Math.floor(timeUs / 1000)).toISOString().replace('Z', `${micros}Z`);
}

/** A message for programs. A body that is not text comes as base64, and `bodyEncoding` says so. */
export function toJson(message: ReceivedMessage): object {
  const { subject, id, body, headers, publishTimeUs, expireTimeUs } = message;
  const text = isUtf8(body);
  return {
    subject,
    id,
    body: body.toString(text ? 'utf8' : 'base64'),
    ...(text ? {} : { bodyEncoding: 'base64' }),
    headers: Object.fromEntries(headers),
    publishTime: formatTime(publishTimeUs),
    ...(expireTimeUs === 0 ? {} : { expireTime: formatTime(expireTimeUs) }),
  };
}

/** The body for people: text as it is, without what would disturb a terminal, or how many bytes it has. */
export function bodyText(body: Buffer): string {
  if (!isUtf8(body)) return `(${body.length} bytes)`;
  // Control characters other than tab and line feed could move the cursor or recolour the terminal.
  // oxlint-disable-next-line no-control-regex
  return body.toString('utf8').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** A message for people. */
export function toText(message: ReceivedMessage): string {
  const headers = [...message.headers].map(([name, value]) => `  ${name}: ${value}\n`).join('');
  return `${message.subject} #${message.id} ${formatTime(message.publishTimeUs)}\n${headers}${bodyText(message.body)}\n`;
}
