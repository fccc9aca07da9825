import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { BidiCall } from './bidi-call.js';
import { dropOverflownDeadline } from './lower-call-internals.js';
import type { BoundMethod, CallEnvironment, ServedCall } from './served-call.js';
import { ServerStreamCall, UnaryCall } from './single-request-calls.js';

function createCall(
  lower: ServerInterceptingCallInterface,
  bound: BoundMethod,
  environment: CallEnvironment,
): ServedCall {
  const { method } = bound;
  switch (method.kind) {
    case 'unary':
      return new UnaryCall(lower, bound, environment, method.handler);
    case 'serverStream':
      return new ServerStreamCall(lower, bound, environment, method.handler);
    case 'bidi':
      return new BidiCall(lower, bound, environment, method.handler);
  }
}

/** Serves the call below with our method. */
export function serveCall(
  lower: ServerInterceptingCallInterface,
  bound: BoundMethod,
  environment: CallEnvironment,
): void {
  dropOverflownDeadline(lower);
  lower.start(createCall(lower, bound, environment));
}
