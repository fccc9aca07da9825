import type { Clock } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { OpenCall } from './open-call.js';

/** Most messages arrive in milliseconds; one that takes longer has had its time when there is no room for others. */
const FAIR_TIME_MS = 1000;

interface Arriving {
  bytes: number;
  readonly sinceMs: number;
}

/**
 * Bounds the memory of messages of which a part has arrived, over all calls. When they are too much together, the one
 * that began first is refused if it has had its time; otherwise the one that grows, so that those before it get through.
 */
export class ArrivingRequests {
  /** In the order of their beginning. */
  readonly #calls = new Map<Pick<OpenCall, 'abort'>, Arriving>();
  readonly #maxBytes: number;
  readonly #clock: Clock;
  #bytes = 0;

  constructor(maxBytes: number, clock: Clock) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param bytes that have come of the message so far; 0 when it is complete or its call is over */
  received(call: Pick<OpenCall, 'abort'>, bytes: number): void {
    const known = this.#calls.get(call);
    this.#bytes += bytes - (known?.bytes ?? 0);
    if (bytes === 0) this.#calls.delete(call);
    else if (known === undefined) this.#calls.set(call, { bytes, sinceMs: this.#clock.monotonicMs() });
    else known.bytes = bytes;
    // A single one may always arrive: the largest message is a limit of its own.
    while (this.#bytes > this.#maxBytes && this.#calls.size > 1) this.#refuseOne(call);
  }

  #refuseOne(growing: Pick<OpenCall, 'abort'>): void {
    const [first] = this.#calls;
    if (first === undefined) return;
    const [oldest, { sinceMs }] = first;
    const hadItsTime = this.#clock.monotonicMs() - sinceMs >= FAIR_TIME_MS;
    const refused = hadItsTime || !this.#calls.has(growing) ? oldest : growing;
    refused.abort(new BrokerError('TOO_MANY_STREAMS', 'too many large requests arrive at a time'));
    // It has said so by itself, unless it could not be ended.
    this.received(refused, 0);
  }
}
