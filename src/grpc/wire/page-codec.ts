import type { ListPage } from '../../broker/requests.js';
import type { Message } from '../../core/message.js';
import { encodeMessage } from './message-codec.js';
import { VARINT } from '../../protobuf/wire-type.js';
import { fieldSize, varintSize } from '../../protobuf/wire-size.js';
import { WireWriter } from '../../protobuf/wire-writer.js';

/** `waybill.v1.FetchResponse`: the message is field 1. */
export function encodeFetchResponse(message: Message): Buffer {
  const encoded = encodeMessage(message);
  const writer = new WireWriter(fieldSize(encoded.length));
  writer.delimited(1, encoded.length);
  writer.raw(encoded);
  return writer.buffer;
}

/** `waybill.v1.ListResponse`: messages 1, next_page_token 2, first_id 3, last_id 4. */
export function encodeListResponse({ messages, nextPageToken, firstId, lastId }: ListPage): Buffer {
  const encoded = messages.map(encodeMessage);
  const tokenLength = Buffer.byteLength(nextPageToken);
  let size = 2 + varintSize(firstId) + varintSize(lastId);
  if (tokenLength > 0) size += fieldSize(tokenLength);
  for (const message of encoded) size += fieldSize(message.length);
  const writer = new WireWriter(size);
  for (const message of encoded) {
    writer.delimited(1, message.length);
    writer.raw(message);
  }
  if (tokenLength > 0) writer.text(2, nextPageToken, tokenLength);
  writer.tag(3, VARINT);
  writer.varint(firstId);
  writer.tag(4, VARINT);
  writer.varint(lastId);
  return writer.buffer;
}
