import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { readTlsFiles, type TlsFiles, type TlsMaterial } from './tls-files.js';

export interface TlsOptions extends TlsFiles {
  /** How often the files are looked at. */
  readonly reloadIntervalMs: number;
}

export interface TlsReloaderOptions {
  readonly files: TlsOptions;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** `material` has changed. */
  readonly onChange: (material: TlsMaterial) => void;
}

/**
 * Reads the TLS files again from time to time, so that rotated certificates serve new connections without a restart.
 * While the files on disk cannot be used (half rotated, for example) the last good ones stay.
 */
export class TlsReloader {
  readonly #options: TlsReloaderOptions;
  #material: TlsMaterial;
  #cancelReload: () => void;

  /** @throws BrokerError ARGUMENT_INVALID when the files cannot be used */
  constructor(options: TlsReloaderOptions) {
    this.#options = options;
    this.#material = readTlsFiles(options.files);
    this.#cancelReload = this.#scheduleReload();
  }

  /** The last good ones. */
  get material(): TlsMaterial {
    return this.#material;
  }

  close(): void {
    this.#cancelReload();
  }

  #reload(): void {
    const { files, logger, onChange } = this.#options;
    let material: TlsMaterial;
    try {
      material = readTlsFiles(files);
    } catch (error) {
      logger.warn({ err: error }, 'TLS files cannot be used, the previous ones stay');
      return;
    }
    if (sameMaterial(material, this.#material)) return;
    this.#material = material;
    onChange(material);
    logger.info({}, 'TLS files reloaded');
  }

  #scheduleReload(): () => void {
    const { clock, files } = this.#options;
    return clock.after(files.reloadIntervalMs, () => {
      this.#cancelReload = this.#scheduleReload();
      this.#reload();
    });
  }
}

function sameMaterial(one: TlsMaterial, other: TlsMaterial): boolean {
  const sameCa =
    one.clientCa === other.clientCa ||
    (one.clientCa !== undefined && other.clientCa !== undefined && one.clientCa.equals(other.clientCa));
  return sameCa && one.cert.equals(other.cert) && one.key.equals(other.key);
}
