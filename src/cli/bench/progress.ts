import { SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.js';
import type { Goal } from './goal.js';
import type { Measurement } from './measurement.js';

const STEPS = 100;
const REFRESH_MS = 100;

/** Shows how far a benchmark is, where somebody is watching. The returned function takes it away. */
export function showProgress(terminal: Terminal, goal: Goal, measurement: Measurement): () => void {
  if (terminal.notices.isTTY !== true) return () => undefined;
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {rate} messages/s',
    stream: terminal.notices as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(STEPS, 0, { rate: 0 });
  const timer = setInterval(() => {
    const progress = goal.progress(measurement.messages);
    bar.update(Math.round(progress * STEPS), { rate: Math.round(measurement.perSecond) });
  }, REFRESH_MS);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}
