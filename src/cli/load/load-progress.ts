import { SingleBar } from 'cli-progress';
import type { Output } from '../output.js';
import type { Terminal } from '../terminal.js';
import { unservedShare } from './error-window.js';
import type { LoadSecond } from './load-results.js';

/** Shows each second as it is over. */
export interface LoadProgress {
  show(second: LoadSecond): void;
  stop(): void;
}

/** A bar where somebody watches, one line per second otherwise, or one JSON object. */
export function loadProgress(terminal: Terminal, output: Output, seconds: number): LoadProgress {
  if (output.json) {
    return { show: (second) => void output.record(second), stop: () => undefined };
  }
  if (terminal.notices.isTTY !== true) {
    return { show: (second) => void output.line(lineOf(second)), stop: () => undefined };
  }
  const bar = new SingleBar({
    format: '{bar} {value}/{total} s | {figures}',
    stream: terminal.notices as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(Math.ceil(seconds), 0, { figures: 'warming up' });
  return {
    show: (second) => bar.update(second.second, { figures: figuresOf(second) }),
    stop: () => bar.stop(),
  };
}

/** `   7 s   412/s of 410 asked   0.0 % errors   p50 0.8 ms   p99 2.1 ms   3 in flight` */
function lineOf(second: LoadSecond): string {
  return `${String(second.second).padStart(4)} s   ${figuresOf(second)}`;
}

function figuresOf(second: LoadSecond): string {
  const { succeeded, asked, p50, p99, inFlight, dropped, deliveries } = second;
  return [
    `${succeeded}/s of ${asked} asked`,
    `${(unservedShare(second) * 100).toFixed(1)} % errors`,
    ...(dropped === 0 ? [] : [`${dropped} dropped`]),
    `p50 ${p50.toFixed(1)} ms`,
    `p99 ${p99.toFixed(1)} ms`,
    `${inFlight} in flight`,
    ...(deliveries === 0 ? [] : [`${deliveries} deliveries`]),
  ].join('   ');
}
