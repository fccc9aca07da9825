// Original file: proto/broker.proto


export interface SubscribeRequest {
  'subject'?: (string);
}

export interface SubscribeRequest__Output {
  'subject': (string);
}
