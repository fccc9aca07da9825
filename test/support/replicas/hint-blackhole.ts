import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What Redis is sent on a connection that is for notifications alone. */
const SUBSCRIBE = /SUBSCRIBE/i;

/**
 * Stands between brokers and Redis, where one address serves both requests and notifications: what connections that have
 * subscribed are told can be thrown away, while nothing is closed and everything else goes on.
 */
export class HintBlackhole {
  swallowing = false;
  readonly #listener: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();

  private constructor(listener: Server, target: { readonly host: string; readonly port: number }) {
    this.#listener = listener;
    this.#target = target;
    listener.on('connection', (client) => this.#accept(client));
  }

  /** The same URL, leading through it. */
  static async before(url: string): Promise<{ readonly blackhole: HintBlackhole; readonly url: string }> {
    const through = new URL(url);
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const blackhole = new HintBlackhole(listener, { host: through.hostname, port: Number(through.port) });
    through.port = String((listener.address() as AddressInfo).port);
    return { blackhole, url: through.href };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#listener.close(), 'close');
  }

  #accept(client: Socket): void {
    const server = connect(this.#target);
    let subscribed = false;
    client.on('data', (bytes) => {
      subscribed ||= SUBSCRIBE.test(bytes.toString('latin1'));
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!(subscribed && this.swallowing)) client.write(bytes);
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
