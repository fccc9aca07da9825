import { BrokerError } from '../core/errors.js';

/** Texts that clients of the original server know. */
export const INVALID_JSON = 'invalid json provided';
export const UNAUTHORIZED = 'unauthorized to make request';
export const MISSING_FIELDS = 'missing required fields';
/** One operation twice, as the original has it. */
const UNKNOWN_OPERATION =
  "operation must be one of: 'health', 'create_stream', 'delete_stream', 'get_stream_info', 'get_stream_events', " +
  "'write_event', 'process_events', 'retry_events', 'retry_events', 'mark_event', 'exit'";
/** The stray quotes are the original's too. */
const STATUS_RANGE = "status must be one of: 0 - unprocessed', '1 - processed', '2 - retry";

/** Not JSON, or a value of the wrong type. */
export function invalidJson(): BrokerError {
  return new BrokerError('REQUEST_MALFORMED', INVALID_JSON);
}

export function unknownOperation(): BrokerError {
  return new BrokerError('METHOD_UNKNOWN', UNKNOWN_OPERATION);
}

export function statusOutOfRange(): BrokerError {
  return new BrokerError('ARGUMENT_INVALID', STATUS_RANGE);
}

/** A field of ours, which the original does not have. */
export function fieldOutOfRange(field: string, problem: string): BrokerError {
  return new BrokerError('ARGUMENT_INVALID', `${field} ${problem}`);
}
