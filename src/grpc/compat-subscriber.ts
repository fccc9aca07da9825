import type { Delivery, Subscriber, Subscription, SubscriptionEvent } from '../broker/subscriber.js';
import type { BrokerError } from '../core/errors.js';
import type { RpcStream } from './rpc-call.js';
import { SendBudget } from './send-budget.js';
import { fieldSize } from '../protobuf/wire-size.js';
import { WireWriter } from '../protobuf/wire-writer.js';

/** A subscriber of the original contract: one message a frame, body only. Each frame is encoded once for all of them. */
export class CompatSubscriber implements Subscriber {
  readonly #stream: RpcStream;
  readonly #budget: SendBudget;
  #subscription: Subscription | undefined;

  constructor(stream: RpcStream, maxBufferedBytes: number) {
    this.#stream = stream;
    this.#budget = new SendBudget(stream, maxBufferedBytes, () => this.#subscription?.resume());
  }

  attach(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  get ready(): boolean {
    return this.#budget.hasRoom;
  }

  deliver(delivery: Delivery): void {
    this.#budget.send((delivery.compatFrame ??= encodeMessageResponse(delivery.message.body)));
  }

  /** Every message has been sent by itself. */
  flush(): void {}

  event(event: SubscriptionEvent): void {
    // The contract has no frames for events; headers at least tell that the subscription stands.
    if (event.kind === 'confirmed') this.#stream.sendHeaders();
  }

  end(error: BrokerError | undefined): void {
    this.#stream.end(error);
  }
}

/** `broker.MessageResponse`: the body is field 1. */
export function encodeMessageResponse(body: Uint8Array): Buffer {
  const writer = new WireWriter(body.length === 0 ? 0 : fieldSize(body.length));
  if (body.length > 0) {
    writer.delimited(1, body.length);
    writer.raw(body);
  }
  return writer.buffer;
}
