/** The beginning that the last timestamp had, because events of a list are often of one millisecond. */
let lastMs = 0;
let lastText = '1970-01-01T00:00:00.000';

/** RFC 3339 in UTC with microseconds: `2026-11-21T08:54:07.123456Z`. */
export function timestampText(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  if (ms !== lastMs) {
    lastMs = ms;
    lastText = new Date(ms).toISOString().slice(0, -1);
  }
  return `${lastText}${String(timeUs - ms * 1000).padStart(3, '0')}Z`;
}
