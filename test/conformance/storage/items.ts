import { BrokerError } from '../../../src/core/errors.js';
import type { ErrorReason } from '../../../src/core/errors.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import type { Message } from '../../../src/core/message.js';
import type {
  Appended,
  AppendItem,
  AppendResult,
  MessageLog,
  ReadRange,
  ReadResult,
} from '../../../src/storage/storage.js';

/** No bound in bytes that a test could meet. */
export const ANY_BYTES = 64 * 1024 * 1024;

/** An item whose body is `text`, kept for ever unless said otherwise. */
export function item(subject: string, text: string, rest: Partial<AppendItem> = {}): AppendItem {
  return { subject, body: Buffer.from(text), headers: NO_HEADERS, ttlUs: 0, ...rest };
}

/** `count` items whose bodies are `1`, `2`, `3` … */
export function numbered(subject: string, count: number, rest: Partial<AppendItem> = {}): AppendItem[] {
  return Array.from({ length: count }, (_, index) => item(subject, String(index + 1), rest));
}

/** The outcome of an item that must have gone through. */
export function accepted(result: AppendResult | undefined): Appended {
  if (result === undefined) throw new Error('the item has no result');
  if (result instanceof Error) throw result;
  return result;
}

/** The reason of an item that must have been refused. */
export function refusal(result: AppendResult | undefined): BrokerError {
  if (!(result instanceof BrokerError)) throw new Error(`expected a BrokerError, got ${JSON.stringify(result)}`);
  return result;
}

export async function append(log: MessageLog, ...items: readonly AppendItem[]): Promise<readonly Appended[]> {
  return (await log.append(items)).map(accepted);
}

export async function appendOne(log: MessageLog, one: AppendItem): Promise<Appended> {
  return accepted((await log.append([one]))[0]);
}

export async function readOne(log: MessageLog, range: ReadRange, maxBytes = ANY_BYTES): Promise<ReadResult> {
  return (await log.read([range], maxBytes))[0] as ReadResult;
}

/** Every message of a subject, read page by page. */
export async function readAll(
  log: MessageLog,
  subject: string,
  options: { readonly fromId?: number; readonly page?: number; readonly maxBytes?: number } = {},
): Promise<readonly Message[]> {
  const { fromId = 1, page = 100, maxBytes = ANY_BYTES } = options;
  const messages: Message[] = [];
  for (let next = fromId; ;) {
    const result = await readOne(log, { subject, fromId: next, maxMessages: page }, maxBytes);
    messages.push(...result.messages);
    if (result.nextId > result.lastId) return messages;
    if (result.nextId <= next) throw new Error(`reading "${subject}" makes no progress at ${next}`);
    next = result.nextId;
  }
}

export const idsOf = (messages: readonly Message[]): number[] => messages.map((message) => message.id);

export const textOf = (value: { readonly body: Uint8Array } | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value.body).toString();

/** Resolves with the reason of a rejection, which must be a BrokerError. */
export async function rejection(promise: Promise<unknown>): Promise<ErrorReason> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof BrokerError) return error.reason;
    throw new Error(`rejected with something else than a BrokerError: ${String(error)}`, { cause: error });
  }
  throw new Error('expected a rejection');
}
