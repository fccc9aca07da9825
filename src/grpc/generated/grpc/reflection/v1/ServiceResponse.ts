// Original file: proto/grpc/reflection/v1/reflection.proto


/**
 * The information of a single service used by ListServiceResponse.
 */
export interface ServiceResponse {
  /**
   * Full name of a registered service, including its package name.
   */
  'name'?: (string);
}

/**
 * The information of a single service used by ListServiceResponse.
 */
export interface ServiceResponse__Output {
  /**
   * Full name of a registered service, including its package name.
   */
  'name': (string);
}
