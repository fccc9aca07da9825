/** What every call takes. */
export interface CallOptions {
  /** Milliseconds until the call fails with DEADLINE_EXCEEDED; by default that of the connection. 0: no limit. */
  readonly timeoutMs?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}
