import type { SpanContext } from '@opentelemetry/api';
import type { Header } from '../core/message.js';
import type { TraceCarrier } from '../core/tracing.js';

export const TRACEPARENT = 'traceparent';
export const TRACESTATE = 'tracestate';

/** What W3C Trace Context asks to carry at least; longer ones are left out. */
const MAX_TRACESTATE_LENGTH = 512;

const SAMPLED = 1;

/** version, trace id, parent id, flags; later versions may append fields. */
const TRACEPARENT_PATTERN = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent`; undefined when it is not one, which is never an error of whoever sent it. */
export function parseTraceparent(text: string): SpanContext | undefined {
  const match = TRACEPARENT_PATTERN.exec(text);
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, more] = match;
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true };
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags === SAMPLED ? '01' : '00'}`;
}

export function isSampled(context: SpanContext | undefined): context is SpanContext {
  return context !== undefined && (context.traceFlags & SAMPLED) === SAMPLED;
}

/** The context that a message carries in its headers. */
export function contextOfHeaders(headers: readonly Header[]): SpanContext | undefined {
  // Most messages have no headers and must cost nothing.
  for (const [name, value] of headers) {
    if (name === TRACEPARENT) return parseTraceparent(value);
  }
  return undefined;
}

/** `headers` with the context, unless they have a `traceparent` already. */
export function withContext(headers: readonly Header[], carrier: TraceCarrier): readonly Header[] {
  if (headers.some(([name]) => name === TRACEPARENT)) return headers;
  const kept = headers.filter(([name]) => name !== TRACESTATE);
  kept.push([TRACEPARENT, carrier.traceparent]);
  if (carrier.tracestate !== undefined && carrier.tracestate.length <= MAX_TRACESTATE_LENGTH) {
    kept.push([TRACESTATE, carrier.tracestate]);
  }
  return kept;
}
