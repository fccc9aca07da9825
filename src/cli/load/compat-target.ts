import { setTimeout as wait } from 'node:timers/promises';
import type { CompatClient } from '../../client/compat-client.js';
import { WaybillError } from '../../client/index.js';
import type { LoadMessage } from './load-messages.js';
import type { LoadTarget } from './load-target.js';
import { rejectUnreachable } from './v1-target.js';

const RECONNECT_MS = 200;
const OPENING_MS = 1000;

/** `broker.Broker`, also of servers that know nothing else. */
export class CompatTarget implements LoadTarget {
  readonly #client: CompatClient;

  constructor(client: CompatClient) {
    this.#client = client;
  }

  async connect(): Promise<void> {
    // Whatever is answered: the contract has no method that only asks.
    await this.#client.fetch('load', 1).then(() => undefined, rejectUnreachable);
  }

  publish({ subject, body, lifeSeconds }: LoadMessage, signal: AbortSignal): Promise<number> {
    return this.#client.publish({ subject, body, expirationSeconds: lifeSeconds }, { signal });
  }

  async fetch(subject: string, id: number, signal: AbortSignal): Promise<void> {
    await this.#client.fetch(subject, id, { signal });
  }

  async subscribe(
    subject: string,
    onOpen: () => void,
    onBody: (body: Buffer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    // For servers that do not tell.
    setTimeout(onOpen, OPENING_MS).unref();
    while (!signal.aborted) {
      try {
        for await (const body of this.#client.subscribe(subject, { signal, onOpen })) onBody(body);
      } catch (error) {
        if (!(error instanceof WaybillError) || error.codeName !== 'UNAVAILABLE') throw error;
      }
      await wait(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
