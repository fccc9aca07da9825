// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * Serialized FileDescriptorProto messages sent by the server.
 */
export interface FileDescriptorResponse {
  'fileDescriptorProto'?: (Buffer | Uint8Array | string)[];
}

/**
 * Serialized FileDescriptorProto messages sent by the server.
 */
export interface FileDescriptorResponse__Output {
  'fileDescriptorProto': (Buffer)[];
}
