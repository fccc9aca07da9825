import type { Access } from '../auth/access.js';
import type { BrokerError } from '../core/errors.js';
import type { StatusCodeOverrides } from './status.js';

/**
 * How our methods see a call. They do not run as grpc-js handler functions but directly over the call below (see
 * `rpc-dispatch.ts`), with messages as bytes: what is encoded once can be sent to many streams.
 */

export interface MethodInfo {
  /** `/waybill.v1.BrokerService/Publish` */
  readonly path: string;
  /** `waybill.v1.BrokerService` */
  readonly service: string;
  /** `Publish` */
  readonly name: string;
  readonly kind: RpcMethod['kind'];
}

export interface RpcContext {
  readonly method: MethodInfo;
  /** `address:port` of the client, or of the proxy in front of it; `unknown` once the connection is gone. */
  readonly peer: string;
  /** When the caller stops waiting, by the clock's monotonic milliseconds; undefined when it waits for ever. */
  readonly deadlineMs: number | undefined;
  /** What the caller may do. */
  readonly access: Access;
  /** The first value of a request header that is text; names are lower case. */
  header(name: string): string | undefined;
}

export interface RpcStream extends RpcContext {
  /** True once `end` was called or the call was cancelled: nothing can be sent any more. */
  readonly ended: boolean;
  /** Asks for the next request message; one at a time. */
  read(): void;
  /** Sends the response headers now; otherwise they go with the first message. */
  sendHeaders(): void;
  /** Sends one message. `onSent` is called when the transport has taken it, and never after a cancellation. */
  send(message: Buffer, onSent: () => void): void;
  /** Ends with OK, or with the status of `error`. Only the first call counts. */
  end(error?: BrokerError): void;
}

/** What a bidirectional stream tells its handler. After `end` nothing is told any more. */
export interface RpcListener {
  /** The answer to `read()`. The buffer belongs to the receiver. */
  onMessage(message: Buffer): void;
  /** The other answer to `read()`: the client sends nothing more. */
  onHalfClose(): void;
  /**
   * Once, when the call ended other than by `end`: cancelled by the client, past its deadline, the connection was lost,
   * a request was broken, or the listener itself threw.
   */
  onCancel(): void;
}

export type UnaryHandler = (request: Buffer, context: RpcContext) => Promise<Buffer>;
/** Called with the one request. What it returns is told of a cancellation as {@link RpcListener.onCancel} says. */
export type ServerStreamHandler = (request: Buffer, stream: RpcStream) => Pick<RpcListener, 'onCancel'>;
export type BidiHandler = (stream: RpcStream) => RpcListener;

/**
 * A handler that throws or rejects ends its call with that error's status. `codes` is for contracts that fix other codes
 * than ours.
 */
export type RpcMethod = {
  readonly codes?: StatusCodeOverrides;
  /** Served to whoever calls, without credentials. */
  readonly forAnyone?: true;
  /** It publishes: the handler begins the span, which the subject and the messages belong to. */
  readonly tracesItself?: true;
} & (
  | { readonly kind: 'unary'; readonly handler: UnaryHandler }
  | { readonly kind: 'serverStream'; readonly handler: ServerStreamHandler }
  | { readonly kind: 'bidi'; readonly handler: BidiHandler }
);

/** The methods of one service by their names in the proto file. Those that are left out answer UNIMPLEMENTED. */
export type ServiceMethods = Readonly<Record<string, RpcMethod>>;

/** Services by their full names, such as `waybill.v1.BrokerService`. */
export type ServiceTable = Readonly<Record<string, ServiceMethods>>;
