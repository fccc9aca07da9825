// Original file: proto/broker.proto


export interface PublishRequest {
  'subject'?: (string);
  'body'?: (Buffer | Uint8Array | string);
  /**
   * Seconds of life; 0 delivers to the subscribers of this moment and never stores the message.
   */
  'expirationSeconds'?: (number);
}

export interface PublishRequest__Output {
  'subject': (string);
  'body': (Buffer);
  /**
   * Seconds of life; 0 delivers to the subscribers of this moment and never stores the message.
   */
  'expirationSeconds': (number);
}
