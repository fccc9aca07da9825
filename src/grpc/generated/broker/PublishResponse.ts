// Original file: proto/broker.proto


export interface PublishResponse {
  'id'?: (number);
}

export interface PublishResponse__Output {
  'id': (number);
}
