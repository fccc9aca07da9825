import { fieldTag, LENGTH_DELIMITED, VARINT } from '../../protobuf/wire-type.js';
import type { ListPage } from '../list-request.js';
import type { ReceivedMessage } from '../messages.js';
import { readMessage } from './message-decoder.js';
import { responseReader } from './response-reader.js';

/** Tags of `waybill.v1.ListResponse`. */
const LIST_MESSAGES = fieldTag(1, LENGTH_DELIMITED);
const NEXT_PAGE_TOKEN = fieldTag(2, LENGTH_DELIMITED);
const FIRST_ID = fieldTag(3, VARINT);
const LAST_ID = fieldTag(4, VARINT);

const FETCH_MESSAGE = fieldTag(1, LENGTH_DELIMITED);

/** `waybill.v1.ListResponse` */
export function decodeListResponse(bytes: Buffer): ListPage {
  const reader = responseReader(bytes);
  const messages: ReceivedMessage[] = [];
  let nextPageToken = '';
  let firstId = 0;
  let lastId = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === LIST_MESSAGES) messages.push(readMessage(reader));
    else if (tag === NEXT_PAGE_TOKEN) nextPageToken = reader.string();
    else if (tag === FIRST_ID) firstId = reader.uint64();
    else if (tag === LAST_ID) lastId = reader.uint64();
    else reader.skip(tag);
  }
  return { messages, nextPageToken, firstId, lastId };
}

/** `waybill.v1.FetchResponse`; undefined when it holds no message. */
export function decodeFetchResponse(bytes: Buffer): ReceivedMessage | undefined {
  const reader = responseReader(bytes);
  let message: ReceivedMessage | undefined;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === FETCH_MESSAGE) message = readMessage(reader);
    else reader.skip(tag);
  }
  return message;
}
