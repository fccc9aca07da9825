// Original file: proto/broker.proto


export interface FetchRequest {
  'subject'?: (string);
  'id'?: (number);
}

export interface FetchRequest__Output {
  'subject': (string);
  'id': (number);
}
