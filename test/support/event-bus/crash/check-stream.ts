import type { AnsweredEvent } from '../bus-answers.js';
import type { StreamHistory, WriteRecord } from './stream-history.js';

/** The three lists of a stream that exists. */
export interface SeenStream {
  readonly all: readonly AnsweredEvent[];
  readonly unprocessed: readonly AnsweredEvent[];
  readonly retry: readonly AnsweredEvent[];
}

/**
 * What is wrong with a stream after a crash, in words; empty when every promise is kept.
 *
 * @param seen undefined when the server says that there is no such stream
 */
export function checkStream(history: StreamHistory, seen: SeenStream | undefined): string[] {
  const problems: string[] = [];
  if (seen === undefined) {
    if (history.creation === 'done' && history.deletion === undefined)
      problems.push('a stream that was created is gone');
    return problems;
  }
  if (history.creation === 'not done') problems.push('a stream that was not created is there');
  if (history.deletion === 'done') problems.push('a stream that was deleted is there');
  checkWrites(history, seen.all, problems);
  checkOrder(history, seen.all, problems);
  checkMarks(history, seen, problems);
  return problems;
}

function checkWrites(history: StreamHistory, events: readonly AnsweredEvent[], problems: string[]): void {
  const bodies = new Set<string>();
  const ids = new Set<string>();
  for (const { id, body } of events) {
    if (bodies.has(body)) problems.push(`the event ${body} is there twice`);
    if (ids.has(id)) problems.push(`the id ${id} is there twice`);
    bodies.add(body);
    ids.add(id);
    const write = history.writes.get(body);
    if (write === undefined) problems.push(`nobody wrote the event ${body}`);
    else if (write.outcome === 'not done') problems.push(`the event ${body} has come after it was not there`);
  }
  for (const { body, outcome } of history.writes.values()) {
    if (outcome === 'done' && !bodies.has(body)) problems.push(`the event ${body} is lost`);
  }
  for (const id of history.marks.keys()) if (!ids.has(id)) problems.push(`the event ${id}, which was marked, is lost`);
}

function checkOrder(history: StreamHistory, events: readonly AnsweredEvent[], problems: string[]): void {
  const lastOfWriter = new Map<string, number>();
  const writes = events.map(({ body }) => history.writes.get(body)).filter((write) => write !== undefined);
  for (const { writer, number, body } of writes) {
    if (number < (lastOfWriter.get(writer) ?? 0)) problems.push(`${body} comes after a later event of its writer`);
    lastOfWriter.set(writer, number);
  }
  // Nothing that was answered before an event was sent may come after it.
  let earliest: WriteRecord | undefined;
  for (const write of writes.toReversed()) {
    if (earliest !== undefined && earliest.answeredStep < write.sentStep) {
      problems.push(`${earliest.body} was answered before ${write.body} was sent, and comes after it`);
    }
    if (earliest === undefined || write.answeredStep < earliest.answeredStep) earliest = write;
  }
  events.slice(1).forEach(({ createdAt, body }, index) => {
    if (createdAt < (events[index]?.createdAt ?? ''))
      problems.push(`the time of ${body} is before that of the one before`);
  });
}

function checkMarks(history: StreamHistory, { all, unprocessed, retry }: SeenStream, problems: string[]): void {
  for (const { id, status, body } of all) {
    const possible = history.statusesOf(id);
    if (!possible.has(status))
      problems.push(`the event ${body} has status ${status}, not ${[...possible].join(' or ')}`);
  }
  const ids = (events: readonly AnsweredEvent[]): string => events.map(({ id }) => id).join();
  if (ids(unprocessed) !== ids(all.filter(({ status }) => status === 0))) {
    problems.push('process_events has not exactly the events of status 0');
  }
  if (ids(retry) !== ids(all.filter(({ status }) => status === 2))) {
    problems.push('retry_events has not exactly the events of status 2');
  }
}

/** What was open is decided by what is there: it may not change any more. */
export function settle(history: StreamHistory, seen: SeenStream | undefined, step: number): void {
  if (history.creation === 'open') history.creation = seen === undefined ? 'not done' : 'done';
  if (history.deletion === 'open') history.deletion = seen === undefined ? 'done' : undefined;
  if (seen === undefined) return;
  const stored = new Set(seen.all.map(({ body }) => body));
  for (const write of history.writes.values()) {
    if (write.outcome !== 'open') continue;
    write.outcome = stored.has(write.body) ? 'done' : 'not done';
    if (write.outcome === 'done') write.answeredStep = step;
  }
  for (const { id, status } of seen.all) {
    if (!history.marks.has(id)) continue;
    history.marks.set(id, [{ status, outcome: 'done' }]);
  }
}
