/**
 * Tracing as the broker sees it: types only. The implementation is `telemetry/tracing.ts`; where tracing is off nothing
 * is injected, so every call site is `tracing?.start…` and costs one comparison.
 *
 * A publish is to be seen as one trace: publisher, proxy, publish, flush, storage, delivery, receiver. Its context
 * travels in the message's headers `traceparent` and `tracestate` (W3C Trace Context), through the storage and on to
 * subscribers, on whichever replica they are; what comes later needs no more than the messages it handles. A message
 * that brought no context of its own carries that of its publish span, so that all the rest hangs below it.
 *
 * A flush or a delivery handles messages of many traces at once, while a span lies in one. So each sampled message's
 * trace gets a span of its own for the same piece of work, up to MAX_TRACES_PER_BATCH of them. The alternative, one span
 * in the trace of the first message with links from there to the others, is what OpenTelemetry has for batches, and costs
 * less; but whoever looks for the reason why one publish was slow finds its trace cut before the storage, except for the
 * first publish of a batch, and Jaeger does not follow links backwards. Sampling is what makes it cheap: where one publish
 * in a hundred is kept, there is rarely a second one in its batch. The spans of one piece of work know each other by
 * links: the first is linked to all sampled messages, the others to the first. A batch without a sampled message starts
 * no span.
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
   * The headers to store: with the context of the publish, unless the message has a `traceparent` of its own. To be
   * applied after the limits were checked and the idempotency digest was taken, because a retry comes in another context.
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
  /** What the call publishes; at least one. Where the call has no context, those of the messages are the parents. */
  readonly messages: readonly TracedMessage[];
  /**
   * It is one frame of a stream, and `carrier` is that of the stream's opening. A stream may last for days: its frames
   * do not go on in that trace but begin traces of their own, linked to it, and none when the stream is not sampled.
   */
  readonly frame?: boolean;
}

/** A call that publishes nothing. */
export interface TracedCall {
  readonly system: 'grpc' | 'event_bus';
  /** `waybill.v1.BrokerService/Fetch`, or the name of an operation. */
  readonly method: string;
  readonly carrier: TraceCarrier | undefined;
}

export interface Tracing {
  /** Undefined when the call neither is sampled nor brought a context. */
  startPublish(call: PublishCall): PublishSpan | undefined;
  /** Undefined unless the caller's context is sampled: reading begins no traces. */
  startCall(call: TracedCall): TraceSpan | undefined;
  /** One flush of the batching writer. */
  startFlush(items: readonly TracedMessage[]): TraceSpan | undefined;
  /** One batch handed to all the subscribers of a feed (`live`), or read from the log for some of them. */
  startDelivery(messages: readonly TracedMessage[], source: 'live' | 'log'): TraceSpan | undefined;
  /** A call to the storage; undefined outside of a span's `run`. */
  startStorageOperation(operation: string, storage: string): TraceSpan | undefined;
  /** The span whose `run` is on the stack. */
  activeIds(): TraceIds | undefined;
}
