import type { ListPage } from '../list-request.js';
import type { ReceivedMessage } from '../messages.js';
import { readMessage } from './message-decoder.js';
import { WireReader } from './wire-reader.js';

/** `waybill.v1.ListResponse` */
export function decodeListResponse(bytes: Buffer): ListPage {
  const reader = new WireReader(bytes);
  const messages: ReceivedMessage[] = [];
  let nextPageToken = '';
  let firstId = 0;
  let lastId = 0;
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) messages.push(readMessage(reader));
    else if (tag === 2 * 8 + 2) nextPageToken = reader.string();
    else if (tag === 3 * 8) firstId = reader.varint();
    else if (tag === 4 * 8) lastId = reader.varint();
    else reader.skip(tag & 7);
  }
  return { messages, nextPageToken, firstId, lastId };
}

/** `waybill.v1.FetchResponse`; undefined when it holds no message. */
export function decodeFetchResponse(bytes: Buffer): ReceivedMessage | undefined {
  const reader = new WireReader(bytes);
  let message: ReceivedMessage | undefined;
  while (reader.position < reader.end) {
    const tag = reader.varint();
    if (tag === 1 * 8 + 2) message = readMessage(reader);
    else reader.skip(tag & 7);
  }
  return message;
}
