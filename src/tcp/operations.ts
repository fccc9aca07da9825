/** What clients can ask for. */
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

/** Operations that need credentials and a body. */
export type StreamOperation = Exclude<Operation, 'health' | 'exit'>;

/** A field that a body must have, with its type as the original server (in Go) calls it. */
export interface RequiredField {
  readonly name: string;
  readonly type: 'string' | 'uint8' | '[]byte';
}

const STREAM_NAME: RequiredField = { name: 'stream_name', type: 'string' };

export const REQUIRED_FIELDS: Readonly<Record<StreamOperation, readonly RequiredField[]>> = {
  create_stream: [STREAM_NAME],
  delete_stream: [STREAM_NAME],
  get_stream_info: [STREAM_NAME],
  get_stream_events: [STREAM_NAME],
  write_event: [STREAM_NAME, { name: 'event', type: '[]byte' }],
  process_events: [STREAM_NAME],
  retry_events: [STREAM_NAME],
  mark_event: [
    { name: 'event_id', type: 'string' },
    { name: 'status', type: 'uint8' },
  ],
};

const byName: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((operation) => [operation, operation]));

export function findOperation(name: string): Operation | undefined {
  return byName.get(name);
}
