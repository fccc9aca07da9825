import type { Violation, ViolationKind } from '../check-history.js';
import type { FinalLog, Operation, ReadOperation } from '../history.js';

const SHOWN_VIOLATIONS = 20;

/** What happened, as a table for people. */
export function historyFigures(
  operations: readonly Operation[],
  finalLog: FinalLog,
  violations: readonly Violation[],
): Readonly<Record<string, number>> {
  const publishes = operations.filter((operation) => operation.op === 'publish');
  const count = (outcome: string): number => publishes.filter((publish) => publish.outcome === outcome).length;
  const reads = operations.filter(
    (operation) => operation.op === 'subscribe' || operation.op === 'list',
  ) as ReadOperation[];
  const delivered = reads.reduce((sum, { seen }) => sum + seen.reduce((all, { ids }) => all + ids.length, 0), 0);
  const logged = [...finalLog.values()].reduce((sum, messages) => sum + messages.length, 0);
  const countKind = (kind: ViolationKind): number => violations.filter((violation) => violation.kind === kind).length;
  return {
    'publishes acked': count('acked'),
    'publishes refused': count('refused'),
    'publishes of unknown outcome': count('unknown'),
    'messages in the final log': logged,
    'messages read in the run': delivered,
    'reads (streams and pages)': reads.length,
    fetches: operations.filter(({ op }) => op === 'fetch').length,
    'acked messages lost': countKind('acked message lost'),
    'ids twice': countKind('id twice'),
    'stored twice': countKind('stored twice'),
    'late arrivals': countKind('late arrival'),
    phantoms: countKind('phantom'),
  };
}

/** Prints the first violations and how many there are, and makes the process end with 1 when there are any. */
export function reportProblems(problems: readonly string[]): void {
  for (const problem of problems.slice(0, SHOWN_VIOLATIONS)) console.log(`VIOLATION ${problem}`);
  console.log(`${problems.length} violations`);
  if (problems.length > 0) process.exitCode = 1;
}

export function describeViolation({ kind, subject, detail }: Violation): string {
  return `${kind}, ${subject}: ${detail}`;
}

/** `p50 3 ms, p99 12 ms, max 40 ms, 200 samples` */
export function summary(samplesMs: readonly number[], digits = 0): string {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(digits);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms, ${sorted.length} samples`;
}
