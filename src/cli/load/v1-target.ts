import { WaybillError, type WaybillClient } from '../../client/index.js';
import type { LoadMessage } from './load-messages.js';
import type { LoadTarget } from './load-target.js';

/** `waybill.v1` */
export class V1Target implements LoadTarget {
  readonly #client: WaybillClient;

  constructor(client: WaybillClient) {
    this.#client = client;
  }

  async connect(): Promise<void> {
    await this.#client.health().catch(rejectUnreachable);
  }

  async publish({ subject, body, lifeSeconds }: LoadMessage, signal: AbortSignal): Promise<number> {
    return (await this.#client.publish({ subject, body, ttlMs: lifeSeconds * 1000 }, { signal })).id;
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
    for await (const event of this.#client.subscribe({ subjects: [subject] }, { signal })) {
      if (event.kind === 'confirmed') onOpen();
      if (event.kind === 'batch') for (const { body } of event.messages) onBody(body);
    }
  }
}

/** Any other answer comes from a server. */
export function rejectUnreachable(error: unknown): undefined {
  if (!(error instanceof WaybillError) || error.reason === 'SERVER_UNREACHABLE') throw error;
  return undefined;
}
