import type { Broker } from '../broker/broker.js';
import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import type { AppendResult } from '../storage/storage.js';
import type { RpcListener, RpcStream } from './rpc-call.js';
import { onlyAllowed } from './publish-permission.js';
import { onlyWithinRate } from './publish-rate.js';
import { startPublishFrame, withBatchSpan } from './publish-tracing.js';
import { SendBudget } from './send-budget.js';
import { encodeAck, encodeOpened, encodePublishDraining } from './wire/publish-answer-codec.js';
import { decodePublishFrame, type PublishFrame } from './wire/publish-codec.js';

export interface PublishStreamOptions {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly encodeStatus: (error: BrokerError) => Buffer;
  readonly tracing: Tracing | undefined;
  /** Undefined: nobody is limited. */
  readonly limiter: PublishLimiter | undefined;
  /** Messages and bytes that a client may have unacknowledged. */
  readonly creditMessages: number;
  readonly creditBytes: number;
  /** Acknowledgements that may wait in the transport. */
  readonly maxBufferedBytes: number;
  /** The stream is drained after so long; 0 never. */
  readonly maxAgeMs: number;
  readonly onClosed: (stream: PublishStream) => void;
}

/** How long frames that a client had sent before it saw Draining are still taken. */
const DRAIN_READ_MS = 1000;
/** How often a stream asks for room while the writer is full. */
const ROOM_POLL_MS = 5;

/**
 * One PublishStream. Frames are submitted in the order they come and acknowledged when durable. The next frame is only
 * read while less than the credit is unacknowledged, the writer has room and the client reads its acknowledgements, so a
 * stream holds the credit and one frame more, whatever the client does; HTTP/2 flow control then stops the client.
 */
export class PublishStream implements RpcListener {
  readonly #stream: RpcStream;
  readonly #options: PublishStreamOptions;
  readonly #acks: SendBudget;
  #unackedMessages = 0;
  #unackedBytes = 0;
  #reading = false;
  /** A frame that waits for room in the writer; nothing is read meanwhile, which keeps the order. */
  #heldBack: { readonly frame: PublishFrame; readonly bytes: number } | undefined;
  #halfClosed = false;
  #draining = false;
  #cancelHold = (): void => {};
  #cancelAge = (): void => {};

  constructor(stream: RpcStream, options: PublishStreamOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#acks = new SendBudget(stream, options.maxBufferedBytes, () => this.#readOn());
    this.#acks.send(encodeOpened(options.creditMessages, options.creditBytes));
    if (options.maxAgeMs > 0) this.#cancelAge = options.clock.after(options.maxAgeMs, () => this.drain());
    this.#readOn();
  }

  onMessage(message: Buffer): void {
    this.#reading = false;
    // Throwing ends the stream: after bytes that are no frame nothing can be trusted.
    const frame = decodePublishFrame(message);
    this.#submit(frame, message.length);
    this.#readOn();
  }

  onHalfClose(): void {
    this.#reading = false;
    this.#halfClosed = true;
    this.#endWhenAcked();
  }

  onCancel(): void {
    this.#close();
  }

  /** Asks the client to stop, takes what is on its way, and ends. */
  drain(): void {
    if (this.#draining || this.#stream.ended) return;
    this.#draining = true;
    this.#acks.send(encodePublishDraining());
    this.#cancelAge();
    this.#cancelAge = this.#options.clock.after(DRAIN_READ_MS, () => {
      this.#halfClosed = true;
      this.#endWhenAcked();
    });
  }

  #submit(frame: PublishFrame, bytes: number): void {
    if (!this.#options.broker.hasRoomFor(frame.messages.length, bytes)) {
      this.#heldBack = { frame, bytes };
      this.#cancelHold = this.#options.clock.after(ROOM_POLL_MS, () => this.#submitHeldBack());
      return;
    }
    const count = frame.messages.length;
    this.#unackedMessages += count;
    this.#unackedBytes += bytes;
    const { broker, limiter, tracing } = this.#options;
    const allowed = onlyAllowed(frame.messages, this.#stream.access, broker.limits);
    const requests = onlyWithinRate(allowed, this.#stream, limiter, broker.limits);
    const span = startPublishFrame(tracing, this.#stream, requests);
    withBatchSpan(span, () => broker.publishMany(requests, { span })).then(
      (results) => this.#acknowledge(frame, bytes, results),
      (error: unknown) => {
        const failure = toBrokerError(error);
        this.#acknowledge(
          frame,
          bytes,
          frame.messages.map(() => failure),
        );
      },
    );
  }

  #submitHeldBack(): void {
    const held = this.#heldBack;
    if (held === undefined || this.#stream.ended) return;
    this.#heldBack = undefined;
    this.#submit(held.frame, held.bytes);
    this.#readOn();
    this.#endWhenAcked();
  }

  #acknowledge(frame: PublishFrame, bytes: number, results: readonly AppendResult[]): void {
    this.#unackedMessages -= frame.messages.length;
    this.#unackedBytes -= bytes;
    if (this.#stream.ended) return;
    this.#acks.send(encodeAck(frame.sequence, results, this.#options.encodeStatus));
    this.#readOn();
    this.#endWhenAcked();
  }

  #readOn(): void {
    if (this.#reading || this.#halfClosed || this.#heldBack !== undefined || this.#stream.ended) return;
    const { creditMessages, creditBytes } = this.#options;
    if (this.#unackedMessages >= creditMessages || this.#unackedBytes >= creditBytes || !this.#acks.hasRoom) return;
    this.#reading = true;
    this.#stream.read();
  }

  #endWhenAcked(): void {
    if (!this.#halfClosed || this.#unackedMessages > 0 || this.#heldBack !== undefined || this.#stream.ended) return;
    this.#close();
    this.#stream.end(
      this.#draining ? new BrokerError('DRAINING', 'the server is draining; publish on another connection') : undefined,
    );
  }

  #close(): void {
    this.#cancelHold();
    this.#cancelAge();
    this.#heldBack = undefined;
    this.#options.onClosed(this);
  }
}
