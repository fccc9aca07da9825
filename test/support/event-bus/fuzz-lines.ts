import fc from 'fast-check';
import { CREDENTIALS, OPERATIONS, rawRequest, request, writeRequest } from './bus-requests.js';

const NEWLINE = 0x0a;
const AUTH = JSON.stringify(CREDENTIALS);
const NO_UUID = '8d0a7d0f-0c7b-4a5d-9f4c-2f6f2a6c8a11';

/** Numbers as JSON texts. */
const numbers = fc.constantFrom(
  ...['0', '1', '2', '3', '255', '256', '-1', '-0', '1.0', '1.5', '1e0', '1E2', '1e400', '-1e-400', '01', '+1', '.5'],
  ...['12345678901234567890', '9007199254740993', `1${'0'.repeat(400)}`, '0x10', 'NaN', 'Infinity', '1_000'],
);

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\ud800',
    '\u2028',
    '*',
    '>',
    'a.>',
    '$streams.a',
    '%2A',
  ),
);

/** Strings as JSON texts, some of them wrong. */
const strings = fc
  .array(
    fc.constantFrom(
      'a',
      '\\u00e9',
      '\\u00g9',
      '\\u12',
      '\\ud83d',
      '\\/',
      '\\"',
      '\\\\',
      '\\a',
      '\t',
      '"',
      'ü',
      '\u2028',
    ),
    {
      maxLength: 4,
    },
  )
  .map((pieces) => `"${pieces.join('')}"`);

/** Texts that are JSON for the most part. */
const json = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 2, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: strings },
  { weight: 2, arbitrary: numbers },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'null',
      'true',
      'false',
      '{}',
      '[]',
      '""',
      'nul',
      '{"a":1,"a":2}',
      '{"__proto__":{"operation":"exit"}}',
    ),
  },
);

const operation = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(...OPERATIONS.filter((name) => name !== 'exit')).map((name) => `"${name}"`),
  },
  { weight: 2, arbitrary: json },
);

const auth = fc.oneof(
  { weight: 8, arbitrary: fc.constant(AUTH) },
  { weight: 1, arbitrary: json },
  {
    weight: 1,
    arbitrary: fc.tuple(json, json).map(([id, secret]) => `{"client_id":${id},"client_secret":${secret}}`),
  },
);

const field = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('stream_name', 'event', 'event_id', 'status') },
  { weight: 1, arbitrary: fc.constantFrom('limit', 'after', 'lease_seconds', 'lease_id', 'event_ttl_seconds') },
  { weight: 1, arbitrary: fc.constantFrom('Stream_Name', '__proto__', 'STATUS', 'body', 'operation') },
);

/**
 * Lines that a server of the event bus may be sent, without their line breaks: requests that are right, requests in
 * which anything may be of any type or missing, requests with broken bytes, and what is no request at all.
 *
 * @param streamName a stream that exists
 */
export function fuzzLines(streamName: string): fc.Arbitrary<Buffer> {
  const quoted = JSON.stringify(streamName);
  const name = fc.oneof({ weight: 3, arbitrary: fc.constant(quoted) }, { weight: 2, arbitrary: json });
  const right = fc.oneof(
    fc.constantFrom(
      request('health'),
      request('get_stream_info', { stream_name: streamName }),
      request('get_stream_info', { stream_name: 'no such stream' }),
      request('process_events', { stream_name: streamName, limit: 3 }),
      request('retry_events', { stream_name: streamName }),
      request('create_stream', { stream_name: streamName }),
      request('delete_stream', { stream_name: 'no such stream' }),
      request('mark_event', { event_id: NO_UUID, status: 1 }),
      request('mark_event', { event_id: NO_UUID, status: 77 }),
      writeRequest(streamName, '{"a" : [1, 2.50, "ü\\u003c"], "__proto__" : null}'),
      request('process_events'),
    ),
    json.map((event) => writeRequest(streamName, event)),
  );
  const body = fc.oneof(
    { weight: 1, arbitrary: json },
    {
      weight: 6,
      arbitrary: fc
        .uniqueArray(fc.tuple(field, name), { maxLength: 4, selector: ([key]) => key })
        .map((members) => `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`),
    },
  );
  const anyTypes = fc
    .tuple(fc.option(operation, { freq: 20 }), fc.option(auth, { freq: 20 }), fc.option(body, { freq: 10 }), fc.nat(5))
    .map(([wanted, credentials, content, turn]) => {
      const members = [
        wanted === null ? '' : `"operation":${wanted}`,
        credentials === null ? '' : `"auth":${credentials}`,
        content === null ? '' : `"body":${content}`,
      ].filter((member) => member !== '');
      return `{${[...members.slice(turn % 3), ...members.slice(0, turn % 3)].join(turn > 3 ? ' , ' : ',')}}`;
    });
  const broken = fc
    .tuple(
      fc.oneof(right, anyTypes),
      fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
    )
    .map(([line, changes]) => changes.reduce(change, Buffer.from(line)));
  return fc
    .oneof(
      { weight: 6, arbitrary: right.map(toBytes) },
      { weight: 10, arbitrary: anyTypes.map(toBytes) },
      { weight: 10, arbitrary: broken },
      { weight: 3, arbitrary: json.map(toBytes) },
      { weight: 2, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.stringMatching(/^[ \t\r]{0,4}$/).map(toBytes) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(field, json)
          .map(([key, value]) => toBytes(rawRequest('mark_event', `{"event_id":"x","${key}":${value}}`))),
      },
      { weight: 1, arbitrary: fc.tuple(right, json).map(([line, more]) => toBytes(line + more)) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(right, operation)
          .map(([line, again]) => toBytes(`${line.slice(0, -1)},"operation":${again}}`)),
      },
    )
    .map(withoutNewlines);
}

/** Rare lines that cost much: nested deeply, or about as long as a line may be. */
export function heavyLines(streamName: string, maxLineBytes: number): fc.Arbitrary<Buffer> {
  const frame = writeRequest(streamName, '""').length;
  return fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 12_000 }), fc.boolean(), fc.boolean()).map(([depth, objects, closed]) => {
      const open = objects ? '{"a":' : '[';
      return toBytes(
        writeRequest(
          streamName,
          open.repeat(depth) + (objects ? '1' : '') + (closed ? (objects ? '}' : ']').repeat(depth) : ''),
        ),
      );
    }),
    fc
      .integer({ min: -2, max: 3 })
      .map((more) => toBytes(writeRequest(streamName, `"${'x'.repeat(maxLineBytes - frame + more)}"`))),
    fc.integer({ min: 1, max: 5 }).map((times) => Buffer.alloc(Math.floor((times * maxLineBytes) / 2), '[')),
  );
}

function toBytes(line: string): Buffer {
  return Buffer.from(line);
}

/** One small damage: a byte changed, put in or taken out, a piece doubled, the rest cut off. */
function change(line: Buffer, [kind, place, byte]: readonly [number, number, number]): Buffer {
  const at = place % (line.length + 1);
  const [head, tail] = [line.subarray(0, at), line.subarray(at)];
  switch (kind) {
    case 0:
      return Buffer.concat([head, Buffer.from([byte]), tail.subarray(1)]);
    case 1:
      return Buffer.concat([head, Buffer.from([byte]), tail]);
    case 2:
      return Buffer.concat([head, tail.subarray(1 + (byte % 4))]);
    case 3:
      return Buffer.concat([head, tail.subarray(0, byte % 40), tail]);
    default:
      return byte < 64 ? head : Buffer.concat([tail, head]);
  }
}

function withoutNewlines(line: Buffer): Buffer {
  return Buffer.from(line.map((byte) => (byte === NEWLINE ? 0x0b : byte)));
}
