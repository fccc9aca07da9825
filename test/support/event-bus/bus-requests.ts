/** Requests of the TCP event bus as the lines that a client sends, and the answers that it must get, byte for byte. */

/** The client that the documents of the event bus use. */
export const CREDENTIALS = { client_id: 'dope_go_client_id', client_secret: 'dope_go_client_secret' } as const;

export const OPERATIONS = [
  'health',
  'create_stream',
  'delete_stream',
  'get_stream_info',
  'get_stream_events',
  'write_event',
  'process_events',
  'retry_events',
  'mark_event',
  'exit',
] as const;

export type Operation = (typeof OPERATIONS)[number];

const AUTH = `"auth":${JSON.stringify(CREDENTIALS)}`;

/** A request with credentials, without its line break. */
export function request(operation: Operation, body?: object): string {
  return body === undefined ? `{"operation":"${operation}",${AUTH}}` : rawRequest(operation, JSON.stringify(body));
}

/** A request with credentials whose body is exactly this text. */
export function rawRequest(operation: Operation, body: string): string {
  return `{"operation":"${operation}",${AUTH},"body":${body}}`;
}

/** A `write_event` whose event is exactly this text. */
export function writeRequest(streamName: string, event: string): string {
  return rawRequest('write_event', `{"stream_name":${JSON.stringify(streamName)},"event":${event}}`);
}

/** The answer to a request that has worked and answers nothing else. */
export function success(operation: Operation): string {
  return `{"operation":"${operation}","status":true}`;
}

/** The answer to a request that has failed. */
export function failure(operation: Operation | 'decode_request', reason: string): string {
  return `{"operation":"${operation}","status":false,"reason":${JSON.stringify(reason)}}`;
}

export const INVALID_JSON = 'invalid json provided';
export const UNAUTHORIZED = 'unauthorized to make request';
export const MISSING_FIELDS = 'missing required fields';
export const STATUS_REASON = "status must be one of: 0 - unprocessed', '1 - processed', '2 - retry";
/** With a name twice, as clients have always seen it. */
export const OPERATION_REASON =
  "operation must be one of: 'health', 'create_stream', 'delete_stream', 'get_stream_info', 'get_stream_events', " +
  "'write_event', 'process_events', 'retry_events', 'retry_events', 'mark_event', 'exit'";

/** The answer to what is no request. */
export const NOT_JSON = failure('decode_request', INVALID_JSON);
export const UNKNOWN_OPERATION = failure('decode_request', OPERATION_REASON);

export function streamExists(name: string): string {
  return failure('create_stream', `stream: '${name}' already exists`);
}

export function streamNotFound(operation: Operation, name: string): string {
  return failure(operation, `stream '${name}' not found`);
}

export function eventNotFound(id: string): string {
  return failure('mark_event', `event '${id}' not found`);
}

const STREAM_FIELD = '{"name":"stream_name","type":"string","required":true}';

/** What the answer to a request without a body names, by operation. */
export const FIELDS: Readonly<Record<Exclude<Operation, 'health' | 'exit'>, string>> = {
  create_stream: STREAM_FIELD,
  delete_stream: STREAM_FIELD,
  get_stream_info: STREAM_FIELD,
  get_stream_events: STREAM_FIELD,
  write_event: `${STREAM_FIELD},{"name":"event","type":"[]byte","required":true}`,
  process_events: STREAM_FIELD,
  retry_events: STREAM_FIELD,
  mark_event: '{"name":"event_id","type":"string","required":true},{"name":"status","type":"uint8","required":true}',
};

export type OperationWithBody = keyof typeof FIELDS;
export const OPERATIONS_WITH_BODY = Object.keys(FIELDS) as OperationWithBody[];

export function missingFields(operation: OperationWithBody): string {
  return `{"operation":"${operation}","status":false,"context":{"body":[${FIELDS[operation]}]},"reason":"${MISSING_FIELDS}"}`;
}

/** A request that is right in every field, for a stream or an event that need not exist. */
export function correctBody(operation: OperationWithBody, streamName: string): object {
  switch (operation) {
    case 'mark_event':
      return { event_id: streamName, status: 1 };
    case 'write_event':
      return { stream_name: streamName, event: {} };
    case 'create_stream':
    case 'delete_stream':
    case 'get_stream_info':
    case 'get_stream_events':
    case 'process_events':
    case 'retry_events':
      return { stream_name: streamName };
  }
}
