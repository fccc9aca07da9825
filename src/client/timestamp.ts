/** The fields of `google.protobuf.Timestamp` and `Duration`. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

/** @param timeUs microseconds, since the Unix epoch for a Timestamp */
export function encodeTimestamp(timeUs: number): SecondsAndNanos {
  const seconds = Math.floor(timeUs / 1_000_000);
  return { seconds, nanos: (timeUs - seconds * 1_000_000) * 1000 };
}

/** Microseconds; 0 when absent. */
export function decodeTimestampUs(value: SecondsAndNanos | null | undefined): number {
  return value === null || value === undefined ? 0 : value.seconds * 1_000_000 + Math.floor(value.nanos / 1000);
}

/** Milliseconds; undefined when absent. */
export function decodeDurationMs(value: SecondsAndNanos | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : value.seconds * 1000 + value.nanos / 1e6;
}
