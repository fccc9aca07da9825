import { SpanStatusCode, type Span } from '@opentelemetry/api';
import type { BrokerError } from '../core/errors.js';
import type { TraceIds, TraceSpan } from '../core/tracing.js';

/** The spans whose `run` is on the stack. */
export class ActiveSpans {
  current: RecordedSpan | undefined;
}

/** A sampled span of the SDK. */
export class RecordedSpan implements TraceSpan {
  readonly span: Span;
  readonly ids: TraceIds;
  readonly #active: ActiveSpans;

  constructor(span: Span, active: ActiveSpans) {
    const { traceId, spanId } = span.spanContext();
    this.span = span;
    this.ids = { trace_id: traceId, span_id: spanId };
    this.#active = active;
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
    if (error !== undefined) {
      this.span.setAttribute('error.type', error.reason);
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    }
    this.span.end();
  }
}
