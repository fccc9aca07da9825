import type { TraceCarrier } from '../core/tracing.js';
import type { RpcContext } from './rpc-call.js';

/** The context in the metadata of a call. */
export function traceCarrier(context: RpcContext): TraceCarrier | undefined {
  const traceparent = context.header('traceparent');
  if (traceparent === undefined) return undefined;
  const tracestate = context.header('tracestate');
  // Envoy sends an empty one where it was given none.
  return tracestate === undefined || tracestate === '' ? { traceparent } : { traceparent, tracestate };
}
