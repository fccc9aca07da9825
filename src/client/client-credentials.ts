export interface ClientCredentials {
  /** Neither empty nor with a colon. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The `authorization` header of RFC 7617.
 *
 * @throws TypeError for an id that is empty or has a colon, which would end it
 */
export function basicAuthorization({ clientId, clientSecret }: ClientCredentials): string {
  if (clientId === '' || clientId.includes(':')) {
    throw new TypeError('the id of a client must not be empty or hold a colon');
  }
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
}
