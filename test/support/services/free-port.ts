import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range that systems give to outgoing connections, so that no client's own port is in the way when a server
 * starts again after a kill.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 31_999;

/** A port of `address` that nobody listens on now. Taken at random, so that parallel runs do not meet. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
    const listener = createServer();
    const listening = once(listener.listen(port, address), 'listening');
    const isFree = await listening.then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return false;
        throw error;
      },
    );
    if (!isFree) continue;
    await once(listener.close(), 'close');
    return port;
  }
}
