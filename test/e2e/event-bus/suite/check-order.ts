import {
  CREDENTIALS,
  eventNotFound,
  failure,
  INVALID_JSON,
  missingFields,
  NOT_JSON,
  STATUS_REASON,
  UNAUTHORIZED,
  UNKNOWN_OPERATION,
} from '../../../support/event-bus/bus-requests.js';
import type { SuiteServer } from './suite-server.js';

/** The parts of a `mark_event` as JSON texts; undefined leaves one out. */
interface Parts {
  readonly operation: string;
  readonly auth: string;
  readonly body: string | undefined;
  /** What comes after the last field. */
  readonly end: string;
}

const RIGHT_AUTH = JSON.stringify(CREDENTIALS);
const CORRECT: Parts = {
  operation: '"mark_event"',
  auth: RIGHT_AUTH,
  body: '{"event_id":"none","status":1}',
  end: '}',
};

interface Mistake {
  readonly what: string;
  /** Its place in the order of checks. */
  readonly check: number;
  readonly parts: Partial<Parts>;
  readonly answer: string;
}

/** Every mistake that a `mark_event` can have. */
const MISTAKES: readonly Mistake[] = [
  { what: 'broken JSON', check: 1, parts: { end: '' }, answer: NOT_JSON },
  { what: 'an operation of a wrong type', check: 2, parts: { operation: '7' }, answer: NOT_JSON },
  { what: 'auth of a wrong type', check: 2, parts: { auth: '"secret"' }, answer: NOT_JSON },
  {
    what: 'a client id of a wrong type',
    check: 2,
    parts: { auth: '{"client_id":7,"client_secret":"wrong"}' },
    answer: NOT_JSON,
  },
  { what: 'an unknown operation', check: 3, parts: { operation: '"mark"' }, answer: UNKNOWN_OPERATION },
  { what: 'no operation', check: 3, parts: { operation: 'null' }, answer: UNKNOWN_OPERATION },
  {
    what: 'a wrong secret',
    check: 4,
    parts: { auth: '{"client_id":"dope_go_client_id","client_secret":"wrong"}' },
    answer: failure('mark_event', UNAUTHORIZED),
  },
  { what: 'no credentials', check: 4, parts: { auth: 'null' }, answer: failure('mark_event', UNAUTHORIZED) },
  { what: 'no body', check: 5, parts: { body: undefined }, answer: missingFields('mark_event') },
  { what: 'a body of a wrong type', check: 6, parts: { body: '[]' }, answer: failure('mark_event', INVALID_JSON) },
  {
    what: 'an event id of a wrong type and a status out of range',
    check: 6,
    parts: { body: '{"event_id":7,"status":9}' },
    answer: failure('mark_event', INVALID_JSON),
  },
  {
    what: 'a status of a wrong type for an event that does not exist',
    check: 6,
    parts: { body: '{"event_id":"none","status":"9"}' },
    answer: failure('mark_event', INVALID_JSON),
  },
  {
    what: 'a status out of range for an event that does not exist',
    check: 7,
    parts: { body: '{"event_id":"none","status":9}' },
    answer: failure('mark_event', STATUS_REASON),
  },
  { what: 'an event that does not exist', check: 8, parts: {}, answer: eventNotFound('none') },
];

/** Two mistakes can be made at once when they are of different checks and in different parts. */
const PAIRS = MISTAKES.flatMap((first) =>
  MISTAKES.filter(
    (second) =>
      second.check > first.check && Object.keys(second.parts).every((part) => !Object.keys(first.parts).includes(part)),
  ).map((second) => ({ first, second })),
);

function lineOf(...mistakes: readonly Mistake[]): string {
  const { operation, auth, body, end } = mistakes.reduce<Parts>(
    (parts, mistake) => ({ ...parts, ...mistake.parts }),
    CORRECT,
  );
  return `{"operation":${operation},"auth":${auth}${body === undefined ? '' : `,"body":${body}`}${end}`;
}

export function describeCheckOrder(suite: SuiteServer): void {
  it.each(MISTAKES)('tells of $what', async (mistake) => {
    const bus = await suite.open();
    expect(await bus.ask(lineOf(mistake))).toBe(mistake.answer);
  });

  it.each(PAIRS)('tells of $first.what before $second.what', async ({ first, second }) => {
    const bus = await suite.open();
    expect(await bus.ask(lineOf(first, second))).toBe(first.answer);
  });

  it('tells of a wrong type before a stream that does not exist', async () => {
    const bus = await suite.open();
    const line = `{"operation":"write_event","auth":${RIGHT_AUTH},"body":{"stream_name":["none"],"event":1}}`;
    expect(await bus.ask(line)).toBe(failure('write_event', INVALID_JSON));
  });
}
