import type { PublishSpan, TraceCarrier } from '../core/tracing.js';
import type { RecordedSpan } from './recorded-span.js';
import { formatTraceparent, withContext } from './trace-context.js';

/** A publish that is not sampled but whose context, with that decision, goes on with the message. */
export function carriedPublish(carrier: TraceCarrier): PublishSpan {
  return {
    ids: undefined,
    carry: (headers) => withContext(headers, carrier),
    end() {},
  };
}

/**
 * A sampled publish. The message carries on the context of the call, which is the publisher's, and where the trace
 * begins here that of our own span.
 */
export function recordedPublish(span: RecordedSpan, carrier: TraceCarrier | undefined): PublishSpan {
  const carried = carrier ?? { traceparent: formatTraceparent(span.span.spanContext()) };
  return {
    ids: span.ids,
    carry: (headers) => withContext(headers, carried),
    end: (error) => span.end(error),
  };
}
