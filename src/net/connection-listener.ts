import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { BrokerError } from '../core/errors.js';

export interface ConnectionLimits {
  /** Open at a time; 0 is no limit. */
  readonly maxConnections: number;
  /** Open at a time from one IP address; 0 is no limit. */
  readonly maxConnectionsPerAddress: number;
}

/**
 * Connections that the system holds until we accept them, as far as it allows (net.core.somaxconn). When there are more, a
 * client takes itself for connected and is not.
 */
const BACKLOG = 4096;

export interface ConnectionListenerOptions {
  /** What listens, as problems with the address call it: `gRPC`. */
  readonly name: string;
  readonly limits: ConnectionLimits;
  /** Whether our side stays open when the client has closed its own; false when left out. */
  readonly allowHalfOpen?: boolean;
}

/**
 * Accepts connections and hands them on. Owning the sockets (instead of letting a protocol's library listen) lets us
 * bound how many there are, name what is wrong with an address, and close every one of them for certain.
 */
export class ConnectionListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  readonly #name: string;
  readonly #limits: ConnectionLimits;
  #refused = 0;

  constructor(options: ConnectionListenerOptions, accept: (socket: Socket) => void) {
    const { name, limits, allowHalfOpen = false } = options;
    this.#name = name;
    this.#limits = limits;
    this.#server = createServer({ noDelay: true, allowHalfOpen }, (socket) => {
      if (this.#admit(socket)) {
        accept(socket);
      } else {
        this.#refused++;
        socket.destroy();
      }
    });
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Most of them; 0 is no limit. */
  get maxConnections(): number {
    return this.#limits.maxConnections;
  }

  /** Connections that were one too many, in all or from one address. */
  get refusedConnections(): number {
    return this.#refused;
  }

  /**
   * @param address `host:port`, `[ipv6]:port` or `unix:path`; port 0 takes a free one
   * @returns the address with the real port
   * @throws BrokerError ARGUMENT_INVALID when it cannot be listened on
   */
  listen(address: string): Promise<string> {
    const options = parseAddress(address);
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new BrokerError('ARGUMENT_INVALID', listenProblem(this.#name, address, error), { cause: error }));
      });
      this.#server.listen({ ...options, backlog: BACKLOG }, () => {
        const bound = this.#server.address();
        resolve(bound === null || typeof bound === 'string' ? address : address.replace(/:\d+$/, `:${bound.port}`));
      });
    });
  }

  /** Accepts nothing more; open connections stay. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  destroyConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #admit(socket: Socket): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    if (maxConnections !== 0 && this.#sockets.size >= maxConnections) return false;
    // Empty for Unix sockets, which have no address to be fair between.
    const address = socket.remoteAddress ?? '';
    const open = this.#perAddress.get(address) ?? 0;
    if (maxConnectionsPerAddress !== 0 && address !== '' && open >= maxConnectionsPerAddress) return false;
    this.#sockets.add(socket);
    this.#perAddress.set(address, open + 1);
    socket.once('close', () => this.#release(socket, address));
    return true;
  }

  #release(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const open = (this.#perAddress.get(address) ?? 1) - 1;
    if (open === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, open);
  }
}

function parseAddress(address: string): ListenOptions {
  if (address.startsWith('unix:')) return { path: address.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') };
  const match = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d+)$/.exec(address);
  const host = match?.groups?.ipv6 ?? match?.groups?.host;
  const port = Number(match?.groups?.port);
  if (host === undefined || port > 65_535) {
    throw new BrokerError(
      'ARGUMENT_INVALID',
      `"${address}" is not an address such as 127.0.0.1:50043 or unix:/run/waybill`,
    );
  }
  return host === '' ? { port } : { host, port };
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another process',
  EADDRNOTAVAIL: 'is not an address of this machine',
  EACCES: 'needs permissions that this process does not have',
  ENOTFOUND: 'names an unknown host',
};

function listenProblem(name: string, address: string, error: NodeJS.ErrnoException): string {
  const problem = LISTEN_PROBLEMS[error.code ?? ''] ?? `cannot be listened on: ${error.message}`;
  return `the ${name} address ${address} ${problem}`;
}
