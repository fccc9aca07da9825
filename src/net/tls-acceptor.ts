import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { TlsMaterial } from './tls-files.js';
import { TlsReloader, type TlsOptions } from './tls-reloader.js';

/** A connection whose handshake takes longer is closed. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** The server's side of TLS (1.2 or newer) on connections that somebody else has accepted. */
export class TlsAcceptor {
  readonly #files: TlsReloader;
  readonly #server: Server;

  /**
   * @param accept given each connection whose handshake succeeded
   * @throws BrokerError ARGUMENT_INVALID when the files cannot be used
   */
  constructor(
    files: TlsOptions,
    clock: Clock,
    logger: Pick<Logger, 'info' | 'warn'>,
    accept: (socket: TLSSocket) => void,
  ) {
    const onChange = (material: TlsMaterial): void => this.#server.setSecureContext(contextOptions(material));
    this.#files = new TlsReloader({ files, clock, logger, onChange });
    const { material } = this.#files;
    const demandsCertificate = material.clientCa !== undefined;
    this.#server = createServer(
      {
        ...contextOptions(material),
        requestCert: demandsCertificate,
        rejectUnauthorized: demandsCertificate,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      accept,
    );
    this.#server.on('tlsClientError', (_error, socket) => void socket.destroy());
  }

  /** When the first certificate in use expires, milliseconds since 1970. */
  get certificateExpiresMs(): number {
    return this.#files.material.expiresMs;
  }

  /** Begins the handshake. */
  take(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  /** Reads the files no more. */
  close(): void {
    this.#files.close();
  }
}

function contextOptions({ cert, key, clientCa }: TlsMaterial): { cert: Buffer; key: Buffer; ca?: Buffer } {
  return clientCa === undefined ? { cert, key } : { cert, key, ca: clientCa };
}
