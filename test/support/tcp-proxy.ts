import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * What a proxy does with the bytes of every connection, old and new:
 *
 * - `forward`: passes them on, first whatever has piled up in a blackhole;
 * - `drop-answers`: the server gets everything, the client nothing more: answers are thrown away;
 * - `blackhole`: nothing passes and nothing is closed, as when a cable is pulled; new connections are taken and silent;
 * - `refuse`: closes every connection at once and each new one as it comes.
 */
export type ProxyMode = 'forward' | 'drop-answers' | 'blackhole' | 'refuse';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between a client and a server, and makes trouble when told to. */
export class TcpProxy {
  readonly port: number;
  readonly #listener: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #mode: ProxyMode = 'forward';
  #onDropped: (() => void)[] = [];

  private constructor(listener: Server, target: { readonly host: string; readonly port: number }) {
    this.#listener = listener;
    this.#target = target;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client) => this.#accept(client));
  }

  /** Listens on a free port of this machine. */
  static async start(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const listener = createServer({ pauseOnConnect: true });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpProxy(listener, target);
  }

  /** The same URL, leading through a new proxy. */
  static async before(url: string): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const through = new URL(url);
    const proxy = await TcpProxy.start({ host: through.hostname, port: Number(through.port) });
    through.hostname = '127.0.0.1';
    through.port = String(proxy.port);
    return { proxy, url: through.href };
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  set mode(mode: ProxyMode) {
    this.#mode = mode;
    if (mode === 'refuse') this.cut();
    for (const pair of this.#pairs) this.#apply(pair);
  }

  /** Connections that are open through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Resolves when the next answer has been thrown away. */
  droppedAnswer(): Promise<void> {
    return new Promise((resolve) => this.#onDropped.push(resolve));
  }

  /** Ends every connection as when one side has died; new ones are treated by the mode. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #accept(client: Socket): void {
    if (this.#mode === 'refuse') {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const server = connect(this.#target);
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
      socket.on('drain', () => this.#apply(pair));
      socket.on('end', () => other.end());
    }
    client.on('data', (bytes) => {
      if (!server.write(bytes)) client.pause();
    });
    server.on('data', (bytes) => {
      if (this.#mode === 'drop-answers') for (const resolve of this.#onDropped.splice(0)) resolve();
      else if (!client.write(bytes)) server.pause();
    });
    this.#apply(pair);
  }

  #apply({ client, server }: Pair): void {
    for (const socket of [client, server]) {
      if (this.#mode === 'blackhole') socket.pause();
      else socket.resume();
    }
  }
}
