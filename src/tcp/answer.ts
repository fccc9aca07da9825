import { MISSING_FIELDS } from './refusals.js';
import { OPERATIONS, REQUIRED_FIELDS, type Operation, type StreamOperation } from './operations.js';

/** What the operation of an answer is called when the request could not be understood. */
export const DECODE_REQUEST = 'decode_request';

export type AnsweredOperation = Operation | typeof DECODE_REQUEST;

/** One line for the client. */
export interface Answer {
  readonly operation: AnsweredOperation;
  readonly ok: boolean;
  /** Ends in a newline. */
  readonly text: string;
}

function toLine(operation: AnsweredOperation, ok: boolean, rest: string): Answer {
  return { operation, ok, text: `{"operation":"${operation}","status":${ok}${rest}}\n` };
}

/** Of the operations whose success says nothing else; they are answered most often. */
const SUCCESSES = Object.fromEntries(
  OPERATIONS.map((operation) => [operation, toLine(operation, true, '')]),
) as Readonly<Record<Operation, Answer>>;

const MISSING = Object.fromEntries(
  Object.entries(REQUIRED_FIELDS).map(([operation, fields]) => {
    const context = { body: fields.map((field) => ({ ...field, required: true })) };
    const rest = `,"context":${JSON.stringify(context)},"reason":"${MISSING_FIELDS}"`;
    return [operation, toLine(operation as StreamOperation, false, rest)];
  }),
) as Readonly<Record<StreamOperation, Answer>>;

export function success(operation: Operation): Answer {
  return SUCCESSES[operation];
}

/** @param body JSON */
export function successWith(operation: Operation, body: string): Answer {
  return toLine(operation, true, `,"body":${body}`);
}

export function failure(operation: AnsweredOperation, reason: string): Answer {
  return toLine(operation, false, `,"reason":${JSON.stringify(reason)}`);
}

/** Names the fields that the body of this operation must have. */
export function missingFields(operation: StreamOperation): Answer {
  return MISSING[operation];
}
