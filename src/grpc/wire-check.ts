import { isUtf8 } from 'node:buffer';
import { type Field, MapField, Type } from 'protobufjs';
import { BrokerError } from '../core/errors.js';

/**
 * Checks the bytes of a request before protobufjs decodes them. protobufjs is lenient where that is dangerous: it cuts a
 * field that claims to be longer than its message, reads a field of the wrong wire type as garbage, takes ten bytes for
 * every number of 32 bits that has more than five, and replaces bad UTF-8, each of which would turn a damaged request into
 * another valid one.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** No contract of ours nests more than 5 deep; deeper input is made to exhaust the stack. */
const MAX_DEPTH = 32;
const MAX_VARINT_BYTES = 10;
const MAX_NARROW_BYTES = 5;
const WIDE_TYPES: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64']);

/** What a field's value may look like on the wire. */
interface FieldShape {
  readonly wireType: number;
  /** A repeated scalar may also come as one length-delimited run of values. */
  readonly packable: boolean;
  readonly text: boolean;
  /** A number of up to 32 bits: its varint has up to five bytes, or ten when it is negative. */
  readonly narrow: boolean;
  readonly message: MessageShape | undefined;
}

interface MessageShape {
  readonly name: string;
  readonly fields: Map<number, FieldShape>;
}

const shapes = new Map<Type, MessageShape>();

const WIRE_TYPES: Readonly<Record<string, number>> = {
  double: FIXED64,
  fixed64: FIXED64,
  sfixed64: FIXED64,
  float: FIXED32,
  fixed32: FIXED32,
  sfixed32: FIXED32,
  string: LENGTH_DELIMITED,
  bytes: LENGTH_DELIMITED,
};

function scalarShape(type: string, packable: boolean): FieldShape {
  const wireType = WIRE_TYPES[type] ?? VARINT;
  return {
    wireType,
    packable: packable && wireType !== LENGTH_DELIMITED,
    text: type === 'string',
    narrow: wireType === VARINT && !WIDE_TYPES.has(type),
    message: undefined,
  };
}

function messageField(message: MessageShape): FieldShape {
  return { wireType: LENGTH_DELIMITED, packable: false, text: false, narrow: false, message };
}

function valueShape(field: Field, packable: boolean): FieldShape {
  if (field.resolvedType instanceof Type) return messageField(shapeOf(field.resolvedType));
  return scalarShape(field.type, packable);
}

function shapeOf(type: Type): MessageShape {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  const shape: MessageShape = { name: type.name, fields: new Map() };
  shapes.set(type, shape);
  for (const field of type.fieldsArray) {
    field.resolve();
    if (field instanceof MapField) {
      const entry = new Map([
        [1, scalarShape(field.keyType, false)],
        [2, valueShape(field, false)],
      ]);
      shape.fields.set(field.id, messageField({ name: `${type.name}.${field.name}`, fields: entry }));
    } else {
      shape.fields.set(field.id, valueShape(field, field.repeated));
    }
  }
  return shape;
}

/** Walks one buffer. `#at` moves forward only; every read is checked against the end of the message it belongs to. */
class WireCursor {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  checkMessage(shape: MessageShape, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw malformed(shape, `nests deeper than ${MAX_DEPTH}`);
    while (this.#at < end) {
      const tag = this.#smallVarint(shape, end);
      const number = Math.floor(tag / 8);
      if (number === 0) throw malformed(shape, 'has a field number of 0');
      this.#checkField(shape, shape.fields.get(number), tag % 8, end, depth);
    }
  }

  #checkField(owner: MessageShape, field: FieldShape | undefined, wireType: number, end: number, depth: number): void {
    if (wireType !== LENGTH_DELIMITED) {
      if (field !== undefined && field.wireType !== wireType) throw malformed(owner, 'has a field of the wrong type');
      this.#skipScalar(owner, wireType, end, field?.narrow === true);
      return;
    }
    const length = this.#smallVarint(owner, end);
    const fieldEnd = this.#at + length;
    if (fieldEnd > end) throw malformed(owner, 'has a field that is longer than the message');
    if (field === undefined) {
      this.#at = fieldEnd;
    } else if (field.message !== undefined) {
      this.checkMessage(field.message, fieldEnd, depth + 1);
    } else if (field.packable) {
      while (this.#at < fieldEnd) this.#skipScalar(owner, field.wireType, fieldEnd, field.narrow);
    } else if (field.wireType !== LENGTH_DELIMITED) {
      throw malformed(owner, 'has a field of the wrong type');
    } else {
      if (field.text && !isUtf8(this.bytes.subarray(this.#at, fieldEnd)))
        throw malformed(owner, 'has text that is not UTF-8');
      this.#at = fieldEnd;
    }
  }

  #skipScalar(owner: MessageShape, wireType: number, end: number, narrow: boolean): void {
    switch (wireType) {
      case VARINT:
        this.#skipVarint(owner, end, narrow);
        return;
      case FIXED64:
        this.#at += 8;
        break;
      case FIXED32:
        this.#at += 4;
        break;
      default:
        // Groups (3 and 4) were dropped from the language before this contract existed; 6 and 7 never were.
        throw malformed(owner, `has a field of unknown wire type ${wireType}`);
    }
    if (this.#at > end) throw malformed(owner, 'ends in the middle of a field');
  }

  #skipVarint(owner: MessageShape, end: number, narrow: boolean): void {
    const first = this.#at;
    const last = Math.min(first + MAX_VARINT_BYTES, end);
    while (this.#at < last) {
      if ((this.bytes[this.#at++] as number) >= 0x80) continue;
      const length = this.#at - first;
      if (narrow && length > MAX_NARROW_BYTES && length < MAX_VARINT_BYTES) break;
      return;
    }
    throw malformed(owner, 'has a broken number');
  }

  /** A tag or a length: at most 32 bits. */
  #smallVarint(owner: MessageShape, end: number): number {
    let value = 0;
    let scale = 1;
    const last = Math.min(this.#at + 5, end);
    while (this.#at < last) {
      const byte = this.bytes[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
      scale *= 128;
    }
    throw malformed(owner, 'has a broken length or tag');
  }
}

function malformed(shape: MessageShape, problem: string): BrokerError {
  return new BrokerError('REQUEST_MALFORMED', `the request is not valid protobuf: ${shape.name} ${problem}`);
}

/**
 * Passes bytes that are well-formed protobuf for `type`; unknown fields are allowed, as the language wants.
 *
 * @throws BrokerError REQUEST_MALFORMED
 */
export function checkWire(type: Type, bytes: Buffer): void {
  new WireCursor(bytes).checkMessage(shapeOf(type), bytes.length, 1);
}
