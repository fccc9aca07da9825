/** Microseconds as the fields of a `google.protobuf.Timestamp` (since the Unix epoch) or `Duration`; not negative. */
export function secondsAndNanos(timeUs: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.floor(timeUs / 1_000_000);
  return { seconds, nanos: (timeUs - seconds * 1_000_000) * 1000 };
}
