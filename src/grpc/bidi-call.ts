import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { BidiHandler, RpcListener } from './rpc-call.js';
import { type BoundMethod, type CallEnvironment, ServedCall } from './served-call.js';

/** A call whose handler asks for request messages as it can take them. */
export class BidiCall extends ServedCall {
  readonly #handler: BidiHandler;
  #listener: RpcListener | undefined;

  constructor(
    lower: ServerInterceptingCallInterface,
    bound: BoundMethod,
    environment: CallEnvironment,
    handler: BidiHandler,
  ) {
    super(lower, bound, environment);
    this.#handler = handler;
  }

  protected override opened(): void {
    // A handler may read at once: data arrives in a later tick, when the listener is there.
    this.#listener = this.#handler(this);
  }

  protected override received(message: Buffer): void {
    this.#listener?.onMessage(message);
  }

  protected override halfClosed(): void {
    this.#listener?.onHalfClose();
  }

  protected override cancelled(): void {
    this.#listener?.onCancel();
  }
}
