// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * A list of extension numbers sent by the server.
 */
export interface ExtensionNumberResponse {
  /**
   * Full name of the base type, including the package name.
   */
  'baseTypeName'?: (string);
  'extensionNumber'?: (number)[];
}

/**
 * A list of extension numbers sent by the server.
 */
export interface ExtensionNumberResponse__Output {
  /**
   * Full name of the base type, including the package name.
   */
  'baseTypeName': (string);
  'extensionNumber': (number)[];
}
