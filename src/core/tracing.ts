/**
 * Tracing as the broker sees it: types only. The implementation is `telemetry/tracing.ts`; where tracing is off nothing
 * is injected, so every call site is `tracing?.start…` and costs one comparison.
 *
 * The context of a message travels in its headers `traceparent` and `tracestate` (W3C Trace Context), through the
 * storage and on to subscribers. Flushes and deliveries therefore need no more than the messages they handle: their
 * spans are *linked* to the context of each sampled message instead of being its children, since one batch belongs to
 * many traces and may come long after. A batch without a sampled message starts no span.
 */
import type { BrokerError } from './errors.js';
import type { Header } from './message.js';

/** W3C Trace Context as it came over the wire, not yet checked. */
export interface TraceCarrier {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** How a log line names the span it belongs to. */
export interface TraceIds {
  readonly trace_id: string;
  readonly span_id: string;
}

export interface TraceSpan {
  readonly ids: TraceIds;
  /** Log lines written and storage operations begun before `work` returns (not what it awaits) belong to this span. */
  run<T>(work: () => T): T;
  /** Ends the span, as failed when there is an error. To be called once. */
  end(error?: BrokerError): void;
}

export interface PublishSpan {
  /** Undefined when the call is not sampled and only its context is carried on. */
  readonly ids: TraceIds | undefined;
  /**
   * The headers to store: with the context of the call, unless the message has a `traceparent` of its own. To be applied
   * after the limits were checked and the idempotency digest was taken, because a retry comes in another context.
   */
  carry(headers: readonly Header[]): readonly Header[];
  end(error?: BrokerError): void;
}

/** The part of a message, or of what becomes one, that tracing reads. */
export interface TracedMessage {
  readonly subject: string;
  readonly headers: readonly Header[];
}

export interface PublishCall {
  /** From the call's metadata; undefined when it has no `traceparent`. */
  readonly carrier: TraceCarrier | undefined;
  /** What the call publishes; at least one. A single message's own context is the parent when the call has none. */
  readonly messages: readonly TracedMessage[];
}

export interface Tracing {
  /** Undefined when the call neither is sampled nor brought a context. */
  startPublish(call: PublishCall): PublishSpan | undefined;
  /** One flush of the batching writer. */
  startFlush(items: readonly TracedMessage[]): TraceSpan | undefined;
  /** One batch handed to all the subscribers of a feed (`live`), or read from the log for one of them. */
  startDelivery(messages: readonly TracedMessage[], source: 'live' | 'log'): TraceSpan | undefined;
  /** A call to the storage; undefined outside of a span's `run`. */
  startStorageOperation(operation: string, storage: string): TraceSpan | undefined;
  /** The span whose `run` is on the stack. */
  activeIds(): TraceIds | undefined;
}
