/** The only source of time. Everything that waits or compares times takes one, so that tests can drive it. */
export interface Clock {
  /** Microseconds since the Unix epoch; may step backwards when the machine's clock is set. */
  nowUs(): number;
  /** Milliseconds from an arbitrary start; never steps backwards. For measuring and for timeouts. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`. The returned function cancels it and may be called at any time. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls `callback` once the I/O events that are already waiting have been handled. */
  soon(callback: () => void): void;
}

/** Longest delay that a Node timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
};
