import type { CallOptions } from './call-options.js';
import { decodeAs, encodeAs } from './proto.js';
import type { Rpc } from './rpc.js';
import { toWaybillError } from './status-details.js';

const SERVICE = '/broker.Broker';

/** One connection to a server of the original contract (`broker.Broker`). Every method fails with WaybillError. */
export class CompatClient {
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /**
   * @param message lives so many seconds; with 0 it is delivered and never stored
   * @returns its id
   */
  async publish(
    message: { readonly subject: string; readonly body: Uint8Array; readonly expirationSeconds: number },
    options?: CallOptions,
  ): Promise<number> {
    const request = encodeAs('broker.PublishRequest', message);
    const response = await this.#rpc.unary(`${SERVICE}/Publish`, request, options);
    return decodeAs<{ readonly id: number }>('broker.PublishResponse', response).id;
  }

  /** The body of a stored message. */
  async fetch(subject: string, id: number, options?: CallOptions): Promise<Buffer> {
    const request = encodeAs('broker.FetchRequest', { subject, id });
    return bodyOf(await this.#rpc.unary(`${SERVICE}/Fetch`, request, options));
  }

  /**
   * The bodies of what is published from now on, until the abort.
   *
   * @param onOpen called when headers come: a Waybill server sends them when the subscription stands, others may wait for
   *   the first message
   */
  async *subscribe(
    subject: string,
    { signal, onOpen }: { readonly signal: AbortSignal; readonly onOpen: () => void },
  ): AsyncGenerator<Buffer, void, void> {
    const call = this.#rpc.serverStream(`${SERVICE}/Subscribe`, encodeAs('broker.SubscribeRequest', { subject }));
    const abort = (): void => call.cancel();
    call.once('metadata', onOpen);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    // Cancelling emits an error also when nobody iterates any more.
    call.on('error', () => undefined);
    try {
      for await (const bytes of call) yield bodyOf(bytes as Buffer);
    } catch (error) {
      if (!signal.aborted) throw toWaybillError(error);
    } finally {
      signal.removeEventListener('abort', abort);
      call.cancel();
    }
  }

  close(): void {
    this.#rpc.close();
  }
}

function bodyOf(response: Buffer): Buffer {
  return decodeAs<{ readonly body: Buffer }>('broker.MessageResponse', response).body;
}
