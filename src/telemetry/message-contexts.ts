import type { SpanContext } from '@opentelemetry/api';
import type { Header } from '../core/message.js';
import type { PublishSpan, TraceCarrier, TracedMessage } from '../core/tracing.js';
import type { RecordedSpan } from './recorded-span.js';
import { contextOfHeaders, formatTraceparent, isSampled, withContext } from './trace-context.js';

/**
 * Which span a message belongs below. It is what its headers say, except on the way through this process: a message that
 * came with a context of its publisher keeps that in its headers, but belongs below the publish span that we have made of
 * it.
 */
export class MessageContexts {
  /** By the headers as they are stored; forgotten with the message. Sampled ones only. */
  readonly #published = new WeakMap<readonly Header[], SpanContext>();

  /** Contexts of the sampled messages, each once and at most `limit`. */
  sampled(messages: readonly TracedMessage[], limit: number): readonly SpanContext[] {
    let found: Map<string, SpanContext> | undefined;
    for (const { headers } of messages) {
      // Most messages have no headers and must cost nothing.
      if (headers.length === 0) continue;
      const own = contextOfHeaders(headers);
      if (!isSampled(own)) continue;
      const context = this.#published.get(headers) ?? own;
      found ??= new Map();
      found.set(context.traceId + context.spanId, context);
      if (found.size === limit) break;
    }
    return found === undefined ? [] : [...found.values()];
  }

  /**
   * A sampled publish.
   *
   * @param state `tracestate` of the caller
   * @param carries whether messages without a context are given that of the span
   */
  publishSpan(span: RecordedSpan, state: string | undefined, carries: boolean): PublishSpan {
    const carrier = carrierOf(span.context, state);
    return {
      ids: span.ids,
      carry: (headers) => {
        const own = contextOfHeaders(headers);
        if (own === undefined) return carries ? withContext(headers, carrier) : headers;
        const published = isSampled(own) ? span.contextIn(own.traceId) : undefined;
        if (published !== undefined) this.#published.set(headers, published);
        return headers;
      },
      end: (error) => span.end(error),
    };
  }
}

/** A publish that is not sampled but whose context, with that decision, goes on with the message. */
export function carriedPublish(caller: SpanContext, state: string | undefined): PublishSpan {
  const carrier = carrierOf(caller, state);
  return {
    ids: undefined,
    carry: (headers) => withContext(headers, carrier),
    end() {},
  };
}

function carrierOf(context: SpanContext, tracestate: string | undefined): TraceCarrier {
  // Written anew: what a caller of a later version has appended may be long.
  const traceparent = formatTraceparent(context);
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}
