import { frame as grpcFrame } from '../raw-grpc.js';

/** Frames of RFC 9113, as far as clients that speak it by hand need them. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const FRAME_HEADER = 9;

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const WINDOW_UPDATE = 8;

export const ACK = 1;
export const END_STREAM = 1;
export const END_HEADERS = 4;

const CANCEL = 8;

/** What a peer may send on a stream, and on the connection, before its window is opened further. */
export const INITIAL_STREAM_WINDOW = 65_535;
export const MAX_WINDOW = 2 ** 31 - 1;

/** A frame of any type, flags and payload. */
export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** Every setting at its default. */
export function settingsFrame(): Buffer {
  return frame(SETTINGS, 0, 0, Buffer.alloc(0));
}

export function settingsAnswer(): Buffer {
  return frame(SETTINGS, ACK, 0, Buffer.alloc(0));
}

export function pingAnswer(payload: Buffer): Buffer {
  return frame(PING, ACK, 0, payload);
}

/** Opens the window of a stream, or of the connection, which is stream 0. */
export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(WINDOW_UPDATE, 0, stream, number32(increment));
}

/** Cancels a stream. */
export function resetFrame(stream: number): Buffer {
  return frame(RST_STREAM, 0, stream, number32(CANCEL));
}

/** A gRPC call with its one request message. Headers are HPACK literals (RFC 7541, 6.2.2). */
export function callFrames(stream: number, path: string, authority: string, request: Buffer): Buffer {
  const headers = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', authority],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
  ].map(([name = '', value = '']) => literal(name, value));
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, stream, Buffer.concat(headers)),
    frame(DATA, END_STREAM, stream, grpcFrame(request)),
  ]);
}

function literal(name: string, value: string): Buffer {
  const lengths = [name, value].map((text) => Buffer.from([text.length]));
  return Buffer.concat([Buffer.from([0]), lengths[0]!, Buffer.from(name), lengths[1]!, Buffer.from(value)]);
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
