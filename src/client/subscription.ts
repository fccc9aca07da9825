import { status } from '@grpc/grpc-js';
import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs, DEFAULT_BACKOFF, type BackoffOptions } from './backoff.js';
import type { ReceivedMessage } from './messages.js';
import type { Rpc } from './rpc.js';
import { toWaybillError } from './status-details.js';
import { encodeSubscribeRequest, type SubscribeRequest } from './subscribe-request.js';
import { WaybillError } from './waybill-error.js';
import { decodeSubscribeResponse, type SubscriptionFrame } from './wire/subscribe-decoder.js';

const SUBSCRIBE = '/waybill.v1.BrokerService/Subscribe';

export interface SubscribeOptions {
  /** Ends the subscription: iteration ends without an error. */
  readonly signal?: AbortSignal;
  /**
   * Once the subscription stands, goes on after a lost connection or a draining server (the default); false ends with
   * the error instead.
   */
  readonly resume?: boolean;
  readonly backoff?: BackoffOptions;
}

/** The connection was lost; the subscription goes on from `cursor` after `delayMs`. */
export interface Reconnecting {
  readonly kind: 'reconnecting';
  readonly cursor: string;
  readonly delayMs: number;
  readonly error: WaybillError;
}

export type SubscriptionEvent = SubscriptionFrame | Reconnecting;

/**
 * A subscription, to be iterated once: by itself it gives every frame, `messages()` only the messages. Nothing is read
 * from the server while the consumer is busy. It ends when what was asked for is delivered, when the loop is left or
 * when the signal is aborted.
 */
export class Subscription implements AsyncIterable<SubscriptionEvent> {
  readonly #rpc: Rpc;
  readonly #request: SubscribeRequest;
  readonly #options: SubscribeOptions;
  #cursor: string | undefined;
  #delivered = 0;

  constructor(rpc: Rpc, request: SubscribeRequest, options: SubscribeOptions) {
    this.#rpc = rpc;
    this.#request = request;
    this.#options = options;
  }

  /** Resumes after the last frame that was taken; undefined before the first. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** @throws WaybillError */
  async *[Symbol.asyncIterator](): AsyncGenerator<SubscriptionEvent, void, void> {
    const { signal, resume = true, backoff = DEFAULT_BACKOFF } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        for await (const frame of this.#connect()) {
          attempt = 0;
          this.#cursor = frame.cursor === '' ? this.#cursor : frame.cursor;
          if (frame.kind === 'batch') this.#delivered += frame.messages.length;
          yield frame;
        }
        return;
      } catch (error) {
        if (this.#aborted) return;
        const failure = toWaybillError(error);
        if (!(failure instanceof WaybillError) || failure.code !== status.UNAVAILABLE) throw failure;
        if (this.#isComplete()) return;
        if (!resume || this.#cursor === undefined) throw failure;
        const delayMs = backoffMs(attempt, backoff, Math.random(), failure.retryAfterMs);
        yield { kind: 'reconnecting', cursor: this.#cursor, delayMs, error: failure };
        await wait(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
        if (this.#aborted) return;
      }
    }
  }

  async *messages(): AsyncGenerator<ReceivedMessage, void, void> {
    for await (const event of this) if (event.kind === 'batch') yield* event.messages;
  }

  get #aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  #isComplete(): boolean {
    const { maxMessages = 0 } = this.#request;
    return maxMessages > 0 && this.#delivered >= maxMessages;
  }

  async *#connect(): AsyncGenerator<SubscriptionFrame, void, void> {
    const { signal } = this.#options;
    if (this.#aborted) return;
    const { maxMessages = 0 } = this.#request;
    const request: SubscribeRequest = {
      ...this.#request,
      ...(this.#cursor === undefined ? {} : { from: { cursor: this.#cursor } }),
      ...(maxMessages === 0 ? {} : { maxMessages: maxMessages - this.#delivered }),
    };
    const call = this.#rpc.serverStream(SUBSCRIBE, encodeSubscribeRequest(request));
    const abort = (): void => call.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    // Cancelling emits an error also when nobody iterates any more.
    call.on('error', () => undefined);
    try {
      for await (const bytes of call) {
        const frame = decodeSubscribeResponse(bytes as Buffer);
        if (frame !== undefined) yield frame;
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      call.cancel();
    }
  }
}
