import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { TlsReloader, type TlsOptions } from '../net/tls-reloader.js';

/**
 * Hands the TLS files to grpc-js, and again when they change on disk. grpc-js' own file watcher would refuse every
 * connection while they cannot be used.
 *
 * The only file that uses grpc-js' experimental credentials.
 */
export class TlsCredentials implements experimental.CertificateProvider {
  readonly #files: TlsReloader;
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  readonly #caListeners = new Set<experimental.CaCertificateUpdateListener>();

  /** @throws BrokerError ARGUMENT_INVALID when the files cannot be used */
  constructor(files: TlsOptions, clock: Clock, logger: Pick<Logger, 'info' | 'warn'>) {
    this.#files = new TlsReloader({ files, clock, logger, onChange: () => this.#tellAll() });
  }

  /** For `Server`. TLS 1.2 or newer (Node's default); a client certificate is demanded when a CA file is set. */
  serverCredentials(): ServerCredentials {
    const clientCa = this.#files.material.clientCa === undefined ? null : this;
    // The declared parameter names are the wrong way round: the first is the identity, the second the client CA. Without
    // a CA of our own Node would accept every publicly issued client certificate.
    return experimental.createCertificateProviderServerCredentials(this, clientCa, clientCa !== null);
  }

  /** When the first certificate in use expires, milliseconds since 1970. */
  get certificateExpiresMs(): number {
    return this.#files.material.expiresMs;
  }

  close(): void {
    this.#files.close();
  }

  addCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#caListeners.add(listener);
    // Not at once: grpc-js adds itself to what passes the update on only after this call.
    process.nextTick(() => this.#tellCa(listener));
  }

  removeCaCertificateListener(listener: experimental.CaCertificateUpdateListener): void {
    this.#caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.add(listener);
    process.nextTick(() => this.#tellIdentity(listener));
  }

  removeIdentityCertificateListener(listener: experimental.IdentityCertificateUpdateListener): void {
    this.#identityListeners.delete(listener);
  }

  #tellAll(): void {
    for (const listener of this.#caListeners) this.#tellCa(listener);
    for (const listener of this.#identityListeners) this.#tellIdentity(listener);
  }

  #tellCa(listener: experimental.CaCertificateUpdateListener): void {
    const { clientCa } = this.#files.material;
    listener(clientCa === undefined ? null : { caCertificate: clientCa });
  }

  #tellIdentity(listener: experimental.IdentityCertificateUpdateListener): void {
    const { cert, key } = this.#files.material;
    listener({ certificate: cert, privateKey: key });
  }
}
