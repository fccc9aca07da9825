import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { Access } from '../auth/access.js';
import type { Authenticator, AuthObserver } from '../auth/authenticator.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import { parseAuthorization } from './authorization-header.js';
import { certificateNames } from './certificate-names.js';
import { connectionOf } from './lower-call-internals.js';

const HEADER = 'authorization';

/** Finds out who makes a call: by its `authorization` header, or else by the certificate of its connection. */
export class CallAuthenticator {
  readonly #authenticator: Authenticator;
  readonly #observer: Pick<AuthObserver, 'authenticationFailed'> | undefined;
  /** Names of verified certificates: to read one takes many times as long as to look it up. */
  readonly #names = new WeakMap<object, readonly string[]>();

  constructor(authenticator: Authenticator, observer: Pick<AuthObserver, 'authenticationFailed'> | undefined) {
    this.#authenticator = authenticator;
    this.#observer = observer;
  }

  /**
   * At once where the secret is remembered. Takes the header out of `metadata`: a stream that is open for hours must not
   * hold a secret.
   *
   * @throws BrokerError CREDENTIALS_INVALID, thrown or as a rejection
   */
  accessOf(metadata: Metadata, call: ServerInterceptingCallInterface): Access | Promise<Access> {
    try {
      const access = this.#accessOf(metadata, call);
      return access instanceof Promise ? access.catch((error: unknown) => this.#fail(error)) : access;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #accessOf(metadata: Metadata, call: ServerInterceptingCallInterface): Access | Promise<Access> {
    const values = metadata.get(HEADER);
    if (values.length > 0) {
      metadata.remove(HEADER);
      const { clientId, secret } = parseAuthorization(values);
      return this.#authenticator.verify(clientId, secret);
    }
    const names = this.#namesOf(call);
    if (names.length > 0) return this.#authenticator.byCertificate(names);
    throw new BrokerError('CREDENTIALS_INVALID', 'the call needs an authorization header or a client certificate');
  }

  #namesOf(call: ServerInterceptingCallInterface): readonly string[] {
    const connection = connectionOf(call);
    const known = connection === undefined ? undefined : this.#names.get(connection);
    if (known !== undefined) return known;
    // Undefined for a certificate that no authority of ours has signed.
    const { sslPeerCertificate } = call.getAuthContext();
    const names = sslPeerCertificate === undefined ? [] : certificateNames(sslPeerCertificate);
    if (connection !== undefined) this.#names.set(connection, names);
    return names;
  }

  #fail(error: unknown): never {
    const failure = toBrokerError(error);
    if (failure.reason === 'CREDENTIALS_INVALID') this.#observer?.authenticationFailed('grpc');
    throw failure;
  }
}
