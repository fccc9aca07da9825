import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';

/** Between two warnings that differ in nothing but numbers. */
const SAME_WARNING_MS = 60_000;

/** Warnings that are remembered. */
const MAX_REMEMBERED = 100;

/** The SDK's own warnings go to the log, such as that of a full queue; the same one at most once a minute. */
export function reportDiagnostics(logger: Logger, clock: Clock): void {
  const lastMs = new Map<string, number>();
  const warn = (message: string): void => {
    const kind = message.replaceAll(/\d+/g, '#');
    const nowMs = clock.monotonicMs();
    if (nowMs - (lastMs.get(kind) ?? Number.NEGATIVE_INFINITY) < SAME_WARNING_MS) return;
    if (lastMs.size >= MAX_REMEMBERED) lastMs.clear();
    lastMs.set(kind, nowMs);
    logger.warn({ detail: message }, 'tracing');
  };
  diag.setLogger(
    { error: warn, warn, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
