import { EventBusError } from './event-bus-error.js';
import type { EventBusEvent, EventBusLease, EventBusStream, EventBusTaken } from './messages.js';
import { RawJson } from './raw-json.js';

/** The body of an answer, member by member. */
export type AnswerBody = ReadonlyMap<string, RawJson>;

const NO_BODY: AnswerBody = new Map();

/** Reads an answer to `operation`. @throws EventBusError when it is a refusal or cannot be read */
export function readAnswer<T>(operation: string, line: Buffer, read: (body: AnswerBody) => T): T {
  try {
    const answer = new RawJson(line).members();
    const status = answer.get('status')?.parse();
    const reason = answer.get('reason')?.parse();
    if (status === true && reason === undefined) return read(answer.get('body')?.members() ?? NO_BODY);
    throw new EventBusError(text(answer, 'operation'), typeof reason === 'string' ? reason : 'no reason given', true, {
      context: answer.get('context')?.parse() as Readonly<Record<string, unknown>> | undefined,
    });
  } catch (error) {
    if (error instanceof EventBusError) throw error;
    throw new EventBusError(operation, 'the answer cannot be read', false, { cause: error });
  }
}

export function readStream(body: AnswerBody): EventBusStream {
  const stream = member(body, 'stream').members();
  return { id: text(stream, 'id'), name: text(stream, 'name'), createdAt: text(stream, 'created_at') };
}

export function readEvents(body: AnswerBody): readonly EventBusEvent[] {
  return member(body, 'events').elements().map(readEvent);
}

export function readTaken(body: AnswerBody): EventBusTaken {
  const lease = body.get('lease');
  return { events: readEvents(body), lease: lease === undefined ? undefined : readLease(lease) };
}

function readLease(lease: RawJson): EventBusLease {
  const members = lease.members();
  return { id: text(members, 'id'), expiresAt: text(members, 'expires_at') };
}

function readEvent(event: RawJson): EventBusEvent {
  const members = event.members();
  return {
    id: text(members, 'id'),
    streamId: text(members, 'stream_id'),
    status: Number(member(members, 'status').parse()),
    createdAt: text(members, 'created_at'),
    body: member(members, 'body').bytes,
  };
}

function text(members: AnswerBody, name: string): string {
  const value = member(members, name).parse();
  if (typeof value !== 'string') throw new TypeError(`${name} is no string`);
  return value;
}

function member(members: AnswerBody, name: string): RawJson {
  const value = members.get(name);
  if (value === undefined) throw new TypeError(`${name} is missing`);
  return value;
}
