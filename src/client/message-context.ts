import { context, propagation, type Context, type TextMapGetter } from '@opentelemetry/api';
import { ClientSpan, describeProcess } from './client-span.js';
import type { OutgoingMessage, ReceivedMessage } from './messages.js';

const fromHeaders: TextMapGetter<ReadonlyMap<string, string>> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, name) => headers.get(name),
};

/** The context that a message carries, to begin spans in; what is active where it carries none. */
export function messageContext(message: Pick<ReceivedMessage, 'headers'>): Context {
  return propagation.extract(context.active(), message.headers, fromHeaders);
}

/**
 * Runs `work` for a message inside of a CONSUMER span that continues the trace of its publish, and ends the span with
 * what comes of it. Without an SDK of OpenTelemetry it only runs `work`.
 */
export function processMessage<T>(message: ReceivedMessage, work: () => T | Promise<T>): Promise<T> {
  return ClientSpan.start(describeProcess(message), messageContext(message)).around(work);
}

/** The messages with the context of `span`; those that bring a context of their own keep it. */
export function withContextOf(span: ClientSpan, messages: readonly OutgoingMessage[]): readonly OutgoingMessage[] {
  const context = span.headers();
  if (context.size === 0) return messages;
  return messages.map((message) => {
    const headers = new Map(message.headers ?? []);
    return headers.has('traceparent') ? { ...message, headers } : { ...message, headers: [...context, ...headers] };
  });
}
