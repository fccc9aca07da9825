import { Metadata, type ServerInterceptingCallInterface, status, type StatusObject } from '@grpc/grpc-js';
import { type Access, FULL_ACCESS } from '../auth/access.js';
import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { TraceSpan, Tracing } from '../core/tracing.js';
import type { AnswerBudget } from './answer-budget.js';
import type { ArrivingRequests } from './arriving-requests.js';
import type { CallAuthenticator } from './call-authenticator.js';
import type { Decompression } from './decompression.js';
import type { GrpcObserver } from './grpc-observer.js';
import { endLateData } from './late-data.js';
import {
  awaitsMessage,
  dropIncomplete,
  endsInsideMessage,
  expandWith,
  incompleteBytes,
  isFlaggedWithoutEncoding,
  limitMessages,
  onRequestData,
  streamOf,
} from './lower-call-internals.js';
import type { OpenCall } from './open-call.js';
import type { MethodInfo, RpcMethod, RpcStream } from './rpc-call.js';
import type { StatusCodeOverrides } from './status.js';
import type { StatusEncoder } from './status-encoder.js';
import { traceCarrier } from './trace-carrier.js';

/** What all calls of a server share. */
export interface CallEnvironment {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  readonly statusEncoder: StatusEncoder;
  readonly observer: GrpcObserver | undefined;
  readonly tracing: Tracing | undefined;
  /** Undefined: nobody is asked, and everybody may do everything. */
  readonly callAuthenticator: CallAuthenticator | undefined;
  /** Those that have begun and not ended; kept by the calls themselves. */
  readonly openCalls: Set<OpenCall>;
  readonly answerBudget: AnswerBudget;
  readonly arrivingRequests: ArrivingRequests;
  readonly decompression: Decompression;
}

/** The one method that a call is for. */
export interface BoundMethod {
  readonly info: MethodInfo;
  readonly method: RpcMethod;
}

const OK: Pick<StatusObject, 'code' | 'details'> = { code: status.OK, details: 'OK' };
/** The gRPC specification prescribes INTERNAL for a flag without an encoding. */
const COMPRESSION_CODES: StatusCodeOverrides = { REQUEST_MALFORMED: status.INTERNAL };

/**
 * One call: the listener of the call below (grpc-js) and the stream that a handler works with. Whatever a handler throws
 * ends the call; it must not escape, because grpc-js calls from a promise that nobody watches.
 *
 * The call below reports a cancellation after every end, also a regular one, hence `#ended`.
 */
export abstract class ServedCall implements RpcStream, OpenCall {
  #ended = false;
  #metadata: Metadata | undefined;
  #access = FULL_ACCESS;
  #startedMs = 0;
  /** The client has sent its whole request. */
  #halfClosed = false;
  /** Bytes of a message whose end has not come. */
  #incompleteBytes = 0;
  #arrivalChecks = 0;
  #span: TraceSpan | undefined;

  constructor(
    protected readonly lower: ServerInterceptingCallInterface,
    protected readonly bound: BoundMethod,
    protected readonly environment: CallEnvironment,
  ) {}

  /** The call is there, and its caller is known where that matters. Not told of a call that is over by then. */
  protected abstract opened(): void;
  protected abstract received(message: Buffer): void;
  protected abstract halfClosed(): void;
  protected abstract cancelled(): void;

  get method(): MethodInfo {
    return this.bound.info;
  }

  get peer(): string {
    return this.lower.getPeer();
  }

  get deadlineMs(): number | undefined {
    const deadline = Number(this.lower.getDeadline());
    // grpc-js measures the deadline by the wall clock.
    return deadline === Infinity ? undefined : this.environment.clock.monotonicMs() + deadline - Date.now();
  }

  get access(): Access {
    return this.#access;
  }

  get ended(): boolean {
    return this.#ended;
  }

  header(name: string): string | undefined {
    const value = this.#metadata?.get(name)[0];
    return typeof value === 'string' ? value : undefined;
  }

  read(): void {
    this.lower.startRead();
  }

  sendHeaders(): void {
    if (!this.#ended) this.lower.sendMetadata(new Metadata());
  }

  send(message: Buffer, onSent: () => void): void {
    if (!this.#ended) this.lower.sendMessage(message, onSent);
  }

  end(error?: BrokerError): void {
    this.finish(error, this.bound.method.codes);
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#metadata = metadata;
    const { observer, clock, openCalls } = this.environment;
    openCalls.add(this);
    onRequestData(this.lower, () => this.#onRequestData());
    // The second one is refused.
    if (this.bound.method.kind !== 'bidi') limitMessages(this.lower, 2);
    expandWith(this.lower, (message, encoding) =>
      this.environment.decompression.expand(message, encoding, () => this.#ended),
    );
    if (observer !== undefined) {
      this.#startedMs = clock.monotonicMs();
      observer.callStarted(this.bound.info);
    }
    this.#guard(() => this.#authenticate(metadata));
  }

  onReceiveMessage(message: Buffer): void {
    if (this.#ended) return;
    this.#arrivalChecks = 0;
    if (this.#incompleteBytes > 0) this.#onRequestData();
    if (isFlaggedWithoutEncoding(this.lower, message)) {
      const error = new BrokerError('REQUEST_MALFORMED', 'a request message is compressed but names no grpc-encoding');
      this.abort(error, COMPRESSION_CODES);
      return;
    }
    this.#guard(() => this.received(message));
  }

  onReceiveHalfClose(): void {
    this.#halfClosed = true;
    if (this.#ended) return;
    if (endsInsideMessage(this.lower)) {
      this.abort(new BrokerError('REQUEST_MALFORMED', 'the request ends in the middle of a message'));
      return;
    }
    this.#guard(() => this.halfClosed());
  }

  onCancel(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (Number(this.lower.getDeadline()) <= Date.now()) {
      this.#closed(status.DEADLINE_EXCEEDED, new BrokerError('DEADLINE_EXCEEDED', 'the deadline of the call passed'));
    } else {
      // How a subscription usually ends: nothing has failed.
      this.#closed(status.CANCELLED);
    }
    this.#tellCancelled();
  }

  abort(error: BrokerError, codes = this.bound.method.codes): void {
    if (this.#ended) return;
    this.finish(error, codes);
    this.#tellCancelled();
  }

  checkArrival(limit: number): void {
    if (!this.#awaitsRequest()) this.#arrivalChecks = 0;
    else if (++this.#arrivalChecks > limit) {
      // Nothing was written, but that is not told: a proxy would only try again.
      this.abort(new BrokerError('DEADLINE_EXCEEDED', 'the request has not arrived in time'));
    }
  }

  protected finish(error: BrokerError | undefined, codes: StatusCodeOverrides | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const ending = error === undefined ? OK : this.environment.statusEncoder.status(error, codes);
    this.lower.sendStatus(ending);
    this.#closed(ending.code, error);
  }

  /** What `work` begins before it returns belongs to the call's span. */
  protected traced<T>(work: () => T): T {
    return this.#span === undefined ? work() : this.#span.run(work);
  }

  /** Nothing is read from the client before it is known. */
  #authenticate(metadata: Metadata): void {
    const { callAuthenticator } = this.environment;
    if (callAuthenticator === undefined || this.bound.method.forAnyone === true) {
      this.#open();
      return;
    }
    const access = callAuthenticator.accessOf(metadata, this.lower);
    if (access instanceof Promise) {
      access.then(
        (found) => this.#guard(() => this.#openWith(found)),
        (error: unknown) => this.abort(toBrokerError(error)),
      );
    } else {
      this.#openWith(access);
    }
  }

  #openWith(access: Access): void {
    if (this.#ended) return;
    this.#access = access;
    this.#open();
  }

  /** Who is not let in begins no span. */
  #open(): void {
    const { tracing } = this.environment;
    const { info, method } = this.bound;
    if (tracing !== undefined && method.tracesItself !== true) {
      this.#span = tracing.startCall({ system: 'grpc', method: info.path.slice(1), carrier: traceCarrier(this) });
    }
    this.opened();
  }

  /** A stream may be silent between its messages, but not within one that it is asked for. */
  #awaitsRequest(): boolean {
    if (this.#halfClosed || !awaitsMessage(this.lower)) return false;
    return this.bound.method.kind !== 'bidi' || this.#incompleteBytes > 0;
  }

  #onRequestData(): void {
    const bytes = this.#ended ? 0 : incompleteBytes(this.lower);
    if (bytes === this.#incompleteBytes) return;
    this.#incompleteBytes = bytes;
    this.environment.arrivingRequests.received(this, bytes);
  }

  #closed(code: status, error?: BrokerError): void {
    const { observer, clock, openCalls } = this.environment;
    openCalls.delete(this);
    if (this.#incompleteBytes > 0) {
      dropIncomplete(this.lower);
      this.#onRequestData();
    }
    const stream = this.#halfClosed ? undefined : streamOf(this.lower);
    if (stream !== undefined) endLateData(stream, clock);
    this.#span?.end(error);
    observer?.callEnded(this.bound.info, code, (clock.monotonicMs() - this.#startedMs) / 1000);
  }

  #tellCancelled(): void {
    try {
      this.cancelled();
    } catch (error) {
      this.environment.logger.error({ err: error, method: this.bound.info.path }, 'a handler failed on cancellation');
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.abort(toBrokerError(error));
    }
  }
}
