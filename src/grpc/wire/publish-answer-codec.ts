import { BrokerError } from '../../core/errors.js';
import type { Appended, AppendResult } from '../../storage/storage.js';
import { timestampLength, writeTimestamp } from './message-codec.js';
import { LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import { fieldSize, varintSize } from '../../protobuf/wire-size.js';
import { WireWriter } from '../../protobuf/wire-writer.js';

/** Encodes `waybill.v1.PublishResponse`. */
export function encodePublishResponse(appended: Appended, cursor: string): Buffer {
  const { id, publishTimeUs, duplicate } = appended;
  const size = 1 + varintSize(id) + fieldSize(timestampLength(publishTimeUs)) + (duplicate ? 2 : 0);
  const writer = new WireWriter(size + fieldSize(cursor.length));
  writer.tag(1, VARINT);
  writer.varint(id);
  writeTimestamp(writer, 2, publishTimeUs);
  if (duplicate) {
    writer.tag(3, VARINT);
    writer.varint(1);
  }
  writer.text(4, cursor, cursor.length);
  return writer.buffer;
}

/** Encodes `PublishBatchResponse`; each item is an encoded PublishResponse (field 1) or google.rpc.Status (field 2). */
export function encodePublishBatchResponse(
  results: readonly { readonly field: 1 | 2; readonly bytes: Buffer }[],
): Buffer {
  let size = 0;
  for (const { bytes } of results) size += fieldSize(fieldSize(bytes.length));
  const writer = new WireWriter(size);
  for (const { field, bytes } of results) {
    writer.delimited(1, fieldSize(bytes.length));
    writer.delimited(field, bytes.length);
    writer.raw(bytes);
  }
  return writer.buffer;
}

/** Encodes `PublishStreamResponse{opened}`. */
export function encodeOpened(creditMessages: number, creditBytes: number): Buffer {
  const length = 1 + varintSize(creditMessages) + 1 + varintSize(creditBytes);
  const writer = new WireWriter(fieldSize(length));
  writer.delimited(1, length);
  writer.tag(1, VARINT);
  writer.varint(creditMessages);
  writer.tag(2, VARINT);
  writer.varint(creditBytes);
  return writer.buffer;
}

/** Encodes `PublishStreamResponse{draining}`. */
export function encodePublishDraining(): Buffer {
  const writer = new WireWriter(2);
  writer.delimited(3, 0);
  return writer.buffer;
}

/** Encodes `PublishStreamResponse{ack}`. `encodeStatus` makes the `google.rpc.Status` of a failure. */
export function encodeAck(
  sequence: number,
  results: readonly AppendResult[],
  encodeStatus: (error: BrokerError) => Buffer,
): Buffer {
  let idBytes = 0;
  let failures: Failure[] | undefined;
  let duplicates: number[] | undefined;
  for (let index = 0; index < results.length; index++) {
    const result = results[index]!;
    if (result instanceof BrokerError) {
      idBytes += 1;
      (failures ??= []).push({ index, status: encodeStatus(result) });
    } else {
      idBytes += varintSize(result.id);
      if (result.duplicate) (duplicates ??= []).push(index);
    }
  }
  const length = ackLength(sequence, idBytes, failures, duplicates);
  const writer = new WireWriter(fieldSize(length));
  writer.delimited(2, length);
  if (sequence !== 0) {
    writer.tag(1, VARINT);
    writer.varint(sequence);
  }
  writer.delimited(2, idBytes);
  for (const result of results) writer.varint(result instanceof BrokerError ? 0 : result.id);
  for (const failure of failures ?? []) writeFailure(writer, failure);
  if (duplicates !== undefined) {
    writer.delimited(4, packedLength(duplicates));
    for (const index of duplicates) writer.varint(index);
  }
  return writer.buffer;
}

interface Failure {
  readonly index: number;
  readonly status: Buffer;
}

function ackLength(sequence: number, idBytes: number, failures: Failure[] = [], duplicates: number[] = []): number {
  let length = (sequence === 0 ? 0 : 1 + varintSize(sequence)) + fieldSize(idBytes);
  for (const failure of failures) length += fieldSize(failureLength(failure));
  if (duplicates.length > 0) length += fieldSize(packedLength(duplicates));
  return length;
}

function packedLength(values: readonly number[]): number {
  return values.reduce((length, value) => length + varintSize(value), 0);
}

function failureLength({ index, status }: Failure): number {
  return 1 + varintSize(index) + fieldSize(status.length);
}

function writeFailure(writer: WireWriter, failure: Failure): void {
  writer.delimited(3, failureLength(failure));
  writer.tag(1, VARINT);
  writer.varint(failure.index);
  writer.tag(2, LENGTH_DELIMITED);
  writer.varint(failure.status.length);
  writer.raw(failure.status);
}
