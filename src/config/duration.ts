const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration such as `500ms`, `90s`, `15m`, `36h`, `7d` or `1h30m`; a bare `0` is allowed. Undefined for
 * anything else.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  // Durations become microseconds further in, which must stay safe integers.
  return Number.isSafeInteger(total * 1000) ? total : undefined;
}

/** The shortest form of a whole number of milliseconds that {@link parseDurationMs} reads: `7d`, `90s`, `0`. */
export function formatDurationMs(ms: number): string {
  if (ms === 0) return '0';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
