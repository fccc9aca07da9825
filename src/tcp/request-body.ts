import { MemberNames, readObject, type Members } from './json/json-members.js';
import { isNull, unsignedOf, type JsonSpan } from './json/json-span.js';
import { invalidJson } from './refusals.js';
import { optionalText } from './request.js';

/** Every field that an operation takes; the other fields of a body are ignored. */
const FIELDS = new MemberNames(
  'stream_name',
  'event',
  'event_id',
  'status',
  // What the original does not have.
  'event_ttl_seconds',
  'limit',
  'after',
  'lease_seconds',
  'lease_id',
);

type Field = typeof FIELDS extends MemberNames<infer Name> ? Name : never;

const MAX_UINT8 = 255;
const NULL_JSON = Buffer.from('null');

/** The body of a request, read field by field. A field that is absent or null has the empty value of its type. */
export class RequestBody {
  readonly #line: Buffer;
  readonly #members: Members<Field>;

  /** @throws BrokerError REQUEST_MALFORMED when the body is neither an object nor null */
  constructor(line: Buffer, body: JsonSpan) {
    this.#line = line;
    const object = isNull(line, body) ? { members: {} } : readObject(line, body.start, FIELDS);
    if (object === undefined) throw invalidJson();
    this.#members = object.members;
  }

  /** @throws BrokerError REQUEST_MALFORMED when it is no string */
  text(field: Field): string {
    return this.optionalText(field) ?? '';
  }

  /** @throws BrokerError REQUEST_MALFORMED when it is no string */
  optionalText(field: Field): string | undefined {
    return optionalText(this.#line, this.#members[field]);
  }

  /** A value of any type, byte for byte: a view of the request's line. */
  json(field: Field): Buffer {
    const span = this.#members[field];
    return span === undefined ? NULL_JSON : this.#line.subarray(span.start, span.end);
  }

  /** @throws BrokerError REQUEST_MALFORMED when it is not written as 0 to 255 */
  uint8(field: Field): number {
    const value = this.optionalUnsigned(field) ?? 0;
    if (value > MAX_UINT8) throw invalidJson();
    return value;
  }

  /** @throws BrokerError REQUEST_MALFORMED when it is no integer from 0 upwards that a double holds exactly */
  optionalUnsigned(field: Field): number | undefined {
    const span = this.#members[field];
    if (span === undefined || isNull(this.#line, span)) return undefined;
    const value = unsignedOf(this.#line, span);
    if (value === undefined) throw invalidJson();
    return value;
  }
}
