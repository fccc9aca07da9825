import { BrokerError, toBrokerError } from '../core/errors.js';
import type { PublishSpan, TracedMessage, Tracing } from '../core/tracing.js';
import type { RpcContext } from './rpc-call.js';
import { traceCarrier } from './trace-carrier.js';

/** The span of a publishing call; costs one comparison when tracing is off. */
export function startPublish(
  tracing: Tracing | undefined,
  context: RpcContext,
  requests: readonly (TracedMessage | BrokerError)[],
): PublishSpan | undefined {
  return start(tracing, context, requests, false);
}

/** The span of one frame of a PublishStream. */
export function startPublishFrame(
  tracing: Tracing | undefined,
  context: RpcContext,
  requests: readonly (TracedMessage | BrokerError)[],
): PublishSpan | undefined {
  return start(tracing, context, requests, true);
}

function start(
  tracing: Tracing | undefined,
  context: RpcContext,
  requests: readonly (TracedMessage | BrokerError)[],
  frame: boolean,
): PublishSpan | undefined {
  if (tracing === undefined) return undefined;
  const messages = requests.filter((request): request is TracedMessage => !(request instanceof BrokerError));
  if (messages.length === 0) return undefined;
  return tracing.startPublish({ carrier: traceCarrier(context), messages, frame });
}

/** Runs the call and ends its span with the outcome. */
export async function withSpan<T>(span: PublishSpan | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return work();
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(toBrokerError(error));
    throw error;
  }
}

/** The same for many messages, of which each has its own outcome: the first failure is that of the span. */
export async function withBatchSpan<T>(
  span: PublishSpan | undefined,
  work: () => Promise<readonly (T | BrokerError)[]>,
): Promise<readonly (T | BrokerError)[]> {
  if (span === undefined) return work();
  try {
    const results = await work();
    span.end(results.find((result): result is BrokerError => result instanceof BrokerError));
    return results;
  } catch (error) {
    span.end(toBrokerError(error));
    throw error;
  }
}
