const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z`;

const STREAM = new RegExp(`^\\{"id":"(${UUID})","name":("(?:[^"\\\\]|\\\\.)*"),"created_at":"(${TIME})"\\}$`);
const EVENT = new RegExp(
  `\\{"id":"(${UUID})","stream_id":"(${UUID})","status":([012]),"created_at":"(${TIME})","body":`,
  'y',
);

export interface AnsweredStream {
  readonly id: string;
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
}

export interface AnsweredEvent {
  readonly id: string;
  readonly streamId: string;
  readonly status: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** Exactly as it came. */
  readonly body: string;
}

/** Reads the answer with a stream; throws on a byte that does not belong there. */
export function streamOf(operation: string, answer: string): AnsweredStream {
  const stream = within(answer, `{"operation":"${operation}","status":true,"body":{"stream":`, '}}');
  const [, id, name, createdAt] = STREAM.exec(stream) ?? [];
  if (id === undefined || name === undefined || createdAt === undefined)
    throw new Error(`this is no stream: ${stream}`);
  return { id, name: JSON.parse(name) as string, createdAt };
}

/** Reads the answer with events and nothing else; throws on a byte that does not belong there. */
export function eventsOf(operation: string, answer: string): AnsweredEvent[] {
  return eventList(within(answer, `{"operation":"${operation}","status":true,"body":{"events":[`, ']}}'));
}

/** The answer to a request for a lease. */
export interface Granted {
  readonly events: AnsweredEvent[];
  /** Absent when there was nothing to hand out. */
  readonly lease: { readonly id: string; readonly expiresAt: string } | undefined;
}

const LEASE = new RegExp(`^(.*)\\],"lease":\\{"id":"(${UUID})","expires_at":"(${TIME})"$`, 's');

/** Reads the answer to a request for a lease; throws on a byte that does not belong there. */
export function leasedEventsOf(operation: string, answer: string): Granted {
  const rest = within(answer, `{"operation":"${operation}","status":true,"body":{"events":[`, '}}');
  const [, list, id, expiresAt] = LEASE.exec(rest.slice(0, -1)) ?? [];
  if (list === undefined || id === undefined || expiresAt === undefined) {
    return { events: eventsOf(operation, answer), lease: undefined };
  }
  return { events: eventList(list), lease: { id, expiresAt } };
}

/** Reads events that follow each other, separated by commas. */
export function eventList(list: string): AnsweredEvent[] {
  const events: AnsweredEvent[] = [];
  for (let position = 0; position < list.length;) {
    EVENT.lastIndex = position;
    const [head, id = '', streamId = '', status, createdAt = ''] = EVENT.exec(list) ?? [];
    if (head === undefined) throw new Error(`this is no event: ${list.slice(position, position + 300)}`);
    const begin = position + head.length;
    const end = endOfValue(list, begin);
    if (list[end] !== '}') throw new Error(`an event has more than its fields: ${list.slice(position, end + 100)}`);
    events.push({ id, streamId, status: Number(status), createdAt, body: list.slice(begin, end) });
    position = end + 1;
    if (position < list.length && list[position++] !== ',')
      throw new Error(`no comma follows: ${list.slice(position)}`);
  }
  return events;
}

/** What stands between two texts that begin and end the answer. */
export function within(answer: string, head: string, tail: string): string {
  if (!answer.startsWith(head) || !answer.endsWith(tail)) throw new Error(`unexpected answer: ${answer.slice(0, 500)}`);
  return answer.slice(head.length, answer.length - tail.length);
}

/** Where the JSON value that begins at `begin` ends. */
function endOfValue(text: string, begin: number): number {
  let depth = 0;
  let inString = false;
  for (let index = begin; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (depth === 0 && (character === ',' || character === '}' || character === ']')) return index;
    else if (character === '}' || character === ']') depth--;
  }
  throw new Error(`a value does not end: ${text.slice(begin, begin + 300)}`);
}
