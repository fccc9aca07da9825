import type { MethodInfo } from './rpc-call.js';

/** Told of every call of our methods; telemetry implements it. Must not throw. */
export interface GrpcObserver {
  callStarted(method: MethodInfo): void;
  /**
   * Once per call. `code` is the number of its gRPC status: what we sent, or CANCELLED or DEADLINE_EXCEEDED when the
   * call was over before.
   */
  callEnded(method: MethodInfo, code: number, seconds: number): void;
}
