// Original file: proto/broker.proto


export interface MessageResponse {
  'body'?: (Buffer | Uint8Array | string);
}

export interface MessageResponse__Output {
  'body': (Buffer);
}
