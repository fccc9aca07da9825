import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** Field of `/proc/<pid>/stat` after the name of the program, which may itself contain spaces and brackets. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** Whether the process runs or could; one that has ended and is not reaped yet does not count. */
export function isRunning(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Processes that this one has started and not reaped. Linux. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sends the signal unless the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when none of them runs; they are not ours, so nothing tells when they end. */
export async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await wait(5);
}
