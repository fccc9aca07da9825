import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from '../net/tls-files.js';

/**
 * Hands the TLS files to grpc-js and reads them again from time to time, so that rotated certificates serve new
 * connections without a restart. While the files on disk cannot be used (half rotated, for example) the last good ones
 * stay; grpc-js' own file watcher would refuse every connection then.
 *
 * The only file that uses grpc-js' experimental credentials.
 */
export class TlsCredentials implements experimental.CertificateProvider {
  readonly #files: TlsFiles;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'info' | 'warn'>;
  readonly #reloadIntervalMs: number;
  readonly #identityListeners = new Set<experimental.IdentityCertificateUpdateListener>();
  readonly #caListeners = new Set<experimental.CaCertificateUpdateListener>();
  #material: TlsMaterial;
  #cancelReload: () => void;

  /** @throws BrokerError ARGUMENT_INVALID when the files cannot be used */
  constructor(files: TlsFiles, reloadIntervalMs: number, clock: Clock, logger: Pick<Logger, 'info' | 'warn'>) {
    this.#files = files;
    this.#clock = clock;
    this.#logger = logger;
    this.#reloadIntervalMs = reloadIntervalMs;
    this.#material = readTlsFiles(files);
    this.#cancelReload = this.#scheduleReload();
  }

  /** For `Server`. TLS 1.2 or newer (Node's default); a client certificate is demanded when a CA file is set. */
  serverCredentials(): ServerCredentials {
    const clientCa = this.#material.clientCa === undefined ? null : this;
    // The declared parameter names are the wrong way round: the first is the identity, the second the client CA. Without
    // a CA of our own Node would accept every publicly issued client certificate.
    return experimental.createCertificateProviderServerCredentials(this, clientCa, clientCa !== null);
  }

  /** Reads the files now. */
  reload(): void {
    let material: TlsMaterial;
    try {
      material = readTlsFiles(this.#files);
    } catch (error) {
      this.#logger.warn({ err: error }, 'TLS files cannot be used, the previous ones stay');
      return;
    }
    if (sameMaterial(material, this.#material)) return;
    this.#material = material;
    for (const listener of this.#caListeners) this.#tellCa(listener);
    for (const listener of this.#identityListeners) this.#tellIdentity(listener);
    this.#logger.info({}, 'TLS files reloaded');
  }

  close(): void {
    this.#cancelReload();
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

  #tellCa(listener: experimental.CaCertificateUpdateListener): void {
    const { clientCa } = this.#material;
    listener(clientCa === undefined ? null : { caCertificate: clientCa });
  }

  #tellIdentity(listener: experimental.IdentityCertificateUpdateListener): void {
    listener({ certificate: this.#material.cert, privateKey: this.#material.key });
  }

  #scheduleReload(): () => void {
    return this.#clock.after(this.#reloadIntervalMs, () => {
      this.#cancelReload = this.#scheduleReload();
      this.reload();
    });
  }
}

function sameMaterial(one: TlsMaterial, other: TlsMaterial): boolean {
  const sameCa =
    one.clientCa === other.clientCa ||
    (one.clientCa !== undefined && other.clientCa !== undefined && one.clientCa.equals(other.clientCa));
  return sameCa && one.cert.equals(other.cert) && one.key.equals(other.key);
}
