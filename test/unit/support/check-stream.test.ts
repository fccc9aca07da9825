import type { AnsweredEvent } from '../../support/event-bus/bus-answers.js';
import { checkStream, type SeenStream, settle } from '../../support/event-bus/crash/check-stream.js';
import { type Outcome, StreamHistory } from '../../support/event-bus/crash/stream-history.js';

/** Three events that were answered one after the other, and one without an answer; the second one is marked. */
function sampleHistory(): StreamHistory {
  const history = new StreamHistory('sample');
  history.creation = 'done';
  for (let number = 1; number <= 4; number++) {
    const outcome: Outcome = number < 4 ? 'done' : 'open';
    const answeredStep = number < 4 ? 2 * number : Infinity;
    const body = String(number);
    history.writes.set(body, {
      body,
      writer: `writer ${number % 2}`,
      number,
      sentStep: 2 * number - 1,
      answeredStep,
      outcome,
    });
  }
  history.addMark('id 2', 1).outcome = 'done';
  return history;
}

function event(number: number, status = 0): AnsweredEvent {
  const createdAt = `2026-11-21T10:00:0${number}Z`;
  return { id: `id ${number}`, streamId: 'stream', status, createdAt, body: String(number) };
}

function listed(...all: readonly AnsweredEvent[]): SeenStream {
  return {
    all,
    unprocessed: all.filter(({ status }) => status === 0),
    retry: all.filter(({ status }) => status === 2),
  };
}

const RIGHT = [event(1), event(2, 1), event(3)] as const;
const [first, second, third] = RIGHT;

it('finds nothing wrong with what was answered, whatever became of the rest', () => {
  expect(checkStream(sampleHistory(), listed(...RIGHT))).toEqual([]);
  expect(checkStream(sampleHistory(), listed(...RIGHT, event(4)))).toEqual([]);
  const history = sampleHistory();
  history.addMark('id 2', 2);
  expect(checkStream(history, listed(...RIGHT))).toEqual([]);
  expect(checkStream(history, listed(first, event(2, 2), third))).toEqual([]);
  history.deletion = 'open';
  expect(checkStream(history, listed(...RIGHT))).toEqual([]);
  expect(checkStream(history, undefined)).toEqual([]);
});

it.each<[string, SeenStream | undefined]>([
  ['a lost event', listed(first, second)],
  ['a lost event that was marked', listed(first, third)],
  ['an event that is there twice', listed(...RIGHT, { ...event(4), body: '3' })],
  ['an id that is there twice', listed(...RIGHT, { ...event(4), id: 'id 3' })],
  ['an event that nobody wrote', listed(...RIGHT, event(5))],
  ['another order than that of creation', listed(second, first, third)],
  ['a time before that of the event before', listed(first, { ...second, createdAt: '2026-11-21T09:00:00Z' }, third)],
  ['a lost mark', listed(first, event(2), third)],
  ['a mark that nobody made', listed(first, second, event(3, 2))],
  ['an event that process_events leaves out', { ...listed(...RIGHT), unprocessed: [first] }],
  ['an event that process_events shows beside', { ...listed(...RIGHT), unprocessed: RIGHT }],
  ['an event that retry_events shows beside', { ...listed(...RIGHT), retry: [first] }],
  ['another order in process_events', { ...listed(...RIGHT), unprocessed: [third, first] }],
  ['a stream that is gone', undefined],
])('finds %s', (_what, seen) => {
  expect(checkStream(sampleHistory(), seen)).not.toEqual([]);
});

it('finds events of one writer in another order', () => {
  const history = sampleHistory();
  // Sent together, so only their writer orders them.
  history.writes.forEach((write) => history.writes.set(write.body, { ...write, sentStep: 1, answeredStep: 9 }));
  const [one, three] = [
    { ...event(1), createdAt: '' },
    { ...event(3), createdAt: '' },
  ];
  expect(checkStream(history, listed({ ...second, createdAt: '' }, three, one))).toEqual([
    '1 comes after a later event of its writer',
  ]);
});

it('finds a stream that was deleted, or was not there', () => {
  const deleted = sampleHistory();
  deleted.deletion = 'done';
  expect(checkStream(deleted, listed(...RIGHT))).toEqual(['a stream that was deleted is there']);
  const absent = sampleHistory();
  absent.creation = 'not done';
  expect(checkStream(absent, listed(...RIGHT))).toEqual(['a stream that was not created is there']);
});

it('takes what was open as decided once it has been seen', () => {
  const without = sampleHistory();
  settle(without, listed(...RIGHT), 20);
  expect(checkStream(without, listed(...RIGHT, event(4)))).toEqual(['the event 4 has come after it was not there']);

  const withIt = sampleHistory();
  withIt.addMark('id 2', 2);
  settle(withIt, listed(...RIGHT, event(4)), 20);
  expect(checkStream(withIt, listed(...RIGHT))).toEqual(['the event 4 is lost']);
  expect(checkStream(withIt, listed(first, event(2, 2), third, event(4)))).toEqual(['the event 2 has status 2, not 1']);

  const gone = sampleHistory();
  gone.deletion = 'open';
  settle(gone, undefined, 20);
  expect(checkStream(gone, listed(...RIGHT))).toContain('a stream that was deleted is there');
});
