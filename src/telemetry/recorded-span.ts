import { SpanStatusCode, type Span, type SpanContext } from '@opentelemetry/api';
import type { BrokerError } from '../core/errors.js';
import type { TraceIds, TraceSpan } from '../core/tracing.js';

/** The spans whose `run` is on the stack. */
export class ActiveSpans {
  current: RecordedSpan | undefined;
}

/** One piece of work as sampled spans of the SDK: one in each of the traces that it belongs to, at least one. */
export class RecordedSpan implements TraceSpan {
  readonly spans: readonly Span[];
  readonly ids: TraceIds;
  readonly #active: ActiveSpans;

  constructor(spans: readonly [Span, ...Span[]], active: ActiveSpans) {
    const { traceId, spanId } = spans[0].spanContext();
    this.spans = spans;
    this.ids = { trace_id: traceId, span_id: spanId };
    this.#active = active;
  }

  /** That of the first span. */
  get context(): SpanContext {
    return this.spans[0]!.spanContext();
  }

  /** The context of the span that lies in this trace. */
  contextIn(traceId: string): SpanContext | undefined {
    return this.spans.find((span) => span.spanContext().traceId === traceId)?.spanContext();
  }

  run<T>(work: () => T): T {
    const outer = this.#active.current;
    this.#active.current = this;
    try {
      return work();
    } finally {
      this.#active.current = outer;
    }
  }

  end(error?: BrokerError): void {
    for (const span of this.spans) {
      if (error !== undefined) {
        span.setAttribute('error.type', error.reason);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
      span.end();
    }
  }
}
