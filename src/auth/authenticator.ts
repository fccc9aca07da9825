import type { Access, Verb } from './access.js';

/** Tells clients apart. */
export interface Authenticator {
  /**
   * The access of the client with this id and secret: at once when the secret is remembered from an earlier call,
   * otherwise after it was hashed.
   *
   * @throws BrokerError CREDENTIALS_INVALID, thrown or as a rejection, for an unknown client and a wrong secret alike
   */
  verify(clientId: string, secret: string): Access | Promise<Access>;
  /**
   * The access of the client that has one of these names of a verified certificate.
   *
   * @throws BrokerError CREDENTIALS_INVALID
   */
  byCertificate(names: readonly string[]): Access;
}

/** Told of what was refused; telemetry implements it. Must not throw. */
export interface AuthObserver {
  authenticationFailed(protocol: 'grpc' | 'tcp'): void;
  actionDenied(verb: Verb): void;
}
