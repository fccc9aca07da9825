import { type ClientDuplexStream, status } from '@grpc/grpc-js';
import { ClientSpan, describePublish } from './client-span.js';
import { withContextOf } from './message-context.js';
import type { OutgoingMessage } from './messages.js';
import { toWaybillError } from './status-details.js';
import { WaybillError } from './waybill-error.js';
import { decodePublishStreamResponse, type AckedFrame } from './wire/publish-decoder.js';
import { encodePublishFrame } from './wire/publish-encoder.js';

interface Outstanding {
  readonly messages: number;
  readonly bytes: number;
  readonly resolve: (frame: AckedFrame) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pipelined publishing. Frames are written at once as long as the server's credit lasts; each is acknowledged when its
 * messages are stored. Wait for `ready()` before each `send` to keep memory bounded:
 *
 *     await stream.ready();
 *     void stream.send(messages).then(…);
 *
 * When the stream fails, every frame without an acknowledgement is rejected; whether its messages were stored is then
 * not known, and only messages with an idempotency key can be sent again without being stored twice.
 */
export class PublishStream {
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #outstanding = new Map<number, Outstanding>();
  #waiting: (() => void)[] = [];
  #sequence = 0;
  #messages = 0;
  #bytes = 0;
  #creditMessages = 0;
  #creditBytes = 0;
  #failure: unknown;
  #draining = false;
  readonly #ended: Promise<void>;

  constructor(call: ClientDuplexStream<Buffer, Buffer>) {
    this.#call = call;
    this.#ended = new Promise((resolve) => {
      call.on('data', (bytes: Buffer) => {
        try {
          this.#onResponse(bytes);
        } catch (error) {
          // After bytes that are no response nothing can be trusted.
          this.#fail(error);
          call.cancel();
        }
      });
      call.on('error', (error) => {
        this.#fail(toWaybillError(error));
        resolve();
      });
      call.on('end', () => {
        this.#fail(new WaybillError(status.UNAVAILABLE, 'the stream has ended', { reason: 'DRAINING' }));
        resolve();
      });
    });
  }

  /** Frames that wait for their acknowledgement. */
  get outstanding(): number {
    return this.#outstanding.size;
  }

  /** True once the server has said that it is about to stop: `send` fails, what was sent is still acknowledged. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Resolves when there is credit for more. @throws WaybillError when the stream has failed */
  async ready(): Promise<void> {
    while (this.#failure === undefined && !this.#hasCredit()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Sends one frame, whether there is credit or not, and resolves with its acknowledgement. Failures of single messages
   * are in the result. Where the application traces, the frame has a span, whose context goes with its messages.
   *
   * @throws WaybillError when the stream has failed or is draining
   */
  send(messages: readonly OutgoingMessage[]): Promise<AckedFrame> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#draining) {
      return Promise.reject(new WaybillError(status.UNAVAILABLE, 'the server is draining', { reason: 'DRAINING' }));
    }
    if (messages.length === 0) return Promise.resolve({ ids: [], failures: [], duplicates: [] });
    const span = ClientSpan.start(describePublish(messages));
    if (!span.isRecorded) return this.#write(messages);
    return span.around(() => this.#write(withContextOf(span, messages)));
  }

  #write(messages: readonly OutgoingMessage[]): Promise<AckedFrame> {
    const sequence = ++this.#sequence;
    let frame: Buffer;
    try {
      frame = encodePublishFrame(sequence, messages);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#messages += messages.length;
    this.#bytes += frame.length;
    return new Promise((resolve, reject) => {
      this.#outstanding.set(sequence, { messages: messages.length, bytes: frame.length, resolve, reject });
      this.#call.write(frame);
    });
  }

  /** Sends nothing more, and resolves when every frame is answered and the stream has ended. */
  async close(): Promise<void> {
    this.#call.end();
    await this.#ended;
  }

  /** Ends the stream at once; frames without an acknowledgement are rejected. */
  cancel(): void {
    this.#call.cancel();
  }

  #hasCredit(): boolean {
    return this.#messages < this.#creditMessages && this.#bytes < this.#creditBytes;
  }

  #onResponse(bytes: Buffer): void {
    const response = decodePublishStreamResponse(bytes);
    if (response === undefined) return;
    if (response.kind === 'opened') {
      this.#creditMessages = response.creditMessages;
      this.#creditBytes = response.creditBytes;
    } else if (response.kind === 'draining') {
      this.#draining = true;
    } else {
      const frame = this.#outstanding.get(response.sequence);
      if (frame === undefined) return;
      this.#outstanding.delete(response.sequence);
      this.#messages -= frame.messages;
      this.#bytes -= frame.bytes;
      frame.resolve(response.frame);
    }
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    const outstanding = [...this.#outstanding.values()];
    this.#outstanding.clear();
    for (const { reject } of outstanding) reject(error);
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0 || (this.#failure === undefined && !this.#hasCredit())) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
