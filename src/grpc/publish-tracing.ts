import { BrokerError } from '../core/errors.js';
import type { PublishSpan, TraceCarrier, TracedMessage, Tracing } from '../core/tracing.js';
import type { RpcContext } from './rpc-call.js';

/** The span of a publishing call; costs one comparison when tracing is off. */
export function startPublish(
  tracing: Tracing | undefined,
  context: RpcContext,
  requests: readonly (TracedMessage | BrokerError)[],
): PublishSpan | undefined {
  if (tracing === undefined) return undefined;
  const messages = requests.filter((request): request is TracedMessage => !(request instanceof BrokerError));
  if (messages.length === 0) return undefined;
  return tracing.startPublish({ carrier: traceCarrier(context), messages });
}

function traceCarrier(context: RpcContext): TraceCarrier | undefined {
  const traceparent = context.header('traceparent');
  if (traceparent === undefined) return undefined;
  const tracestate = context.header('tracestate');
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** Runs the call and ends its span with the outcome. */
export async function withSpan<T>(span: PublishSpan | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return work();
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof BrokerError ? error : undefined);
    throw error;
  }
}
