import type { Socket } from 'node:net';
import { ConnectionListener, type ConnectionLimits } from '../net/connection-listener.js';
import { TlsAcceptor } from '../net/tls-acceptor.js';
import type { TlsOptions } from '../net/tls-reloader.js';
import type { ConnectionOptions } from './connection-options.js';
import { Connection } from './connection.js';
import { RequestBudget } from './request-budget.js';

export type { TlsOptions };

export interface TcpServerOptions extends ConnectionOptions {
  /** `host:port`, `[ipv6]:port` or `unix:path`; port 0 takes a free one. */
  readonly address: string;
  readonly limits: ConnectionLimits;
  /** Without it connections are plain text. */
  readonly tls?: TlsOptions | undefined;
}

/** Longest time between two looks for idle connections. */
const MAX_IDLE_CHECK_MS = 15_000;

/** The TCP event bus: one JSON object per line in each direction. */
export class TcpServer {
  readonly #options: TcpServerOptions;
  readonly #listener: ConnectionListener;
  readonly #tls: TlsAcceptor | undefined;
  readonly #connections = new Set<Connection>();
  readonly #budget = new RequestBudget();
  #cancelIdleCheck = (): void => {};
  #onEmpty = (): void => {};
  #stopped: Promise<void> | undefined;

  /** @throws BrokerError ARGUMENT_INVALID when the TLS files cannot be used */
  constructor(options: TcpServerOptions) {
    const { limits, tls, clock, logger } = options;
    this.#options = options;
    const acceptor =
      tls === undefined ? undefined : new TlsAcceptor(tls, clock, logger, (socket) => this.#accept(socket));
    this.#tls = acceptor;
    this.#listener = new ConnectionListener({ name: 'TCP', limits, allowHalfOpen: true }, (socket) => {
      if (acceptor === undefined) this.#accept(socket);
      else acceptor.take(socket);
    });
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#listener.connections;
  }

  /** Most of them; 0 is no limit. */
  get maxConnections(): number {
    return this.#listener.maxConnections;
  }

  get refusedConnections(): number {
    return this.#listener.refusedConnections;
  }

  /** When the first certificate in use expires, milliseconds since 1970; undefined without TLS. */
  get certificateExpiresMs(): number | undefined {
    return this.#tls?.certificateExpiresMs;
  }

  /**
   * @returns the address with the real port
   * @throws BrokerError ARGUMENT_INVALID when the address cannot be listened on
   */
  async start(): Promise<string> {
    const address = await this.#listener.listen(this.#options.address);
    if (this.#stopped === undefined) this.#scheduleIdleCheck();
    return address;
  }

  /**
   * Accepts nothing more, answers the requests that have been received, and closes the connections. Those that are still
   * open after `graceMs` are broken. Idempotent.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#listener.close();
    this.#tls?.close();
    this.#cancelIdleCheck();
    if (this.#connections.size > 0) {
      const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
      const cancelForce = this.#options.clock.after(graceMs, () => this.#listener.destroyConnections());
      for (const connection of [...this.#connections]) connection.stop();
      await empty;
      cancelForce();
    }
    // Those whose handshake is not finished have nothing to wait for.
    this.#listener.destroyConnections();
  }

  #accept(socket: Socket): void {
    if (this.#stopped !== undefined) {
      socket.destroy();
      return;
    }
    const { observer } = this.#options;
    const connection = new Connection(socket, this.#options, this.#budget);
    this.#connections.add(connection);
    observer?.connectionOpened();
    socket.once('close', () => {
      this.#connections.delete(connection);
      observer?.connectionClosed();
      if (this.#connections.size === 0) this.#onEmpty();
    });
  }

  #scheduleIdleCheck(): void {
    const { clock, idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === 0) return;
    this.#cancelIdleCheck = clock.after(Math.min(idleTimeoutMs / 4, MAX_IDLE_CHECK_MS), () => {
      for (const connection of [...this.#connections]) connection.checkIdle();
      this.#scheduleIdleCheck();
    });
  }
}
