export interface FaultEntry {
  /** By the clock of the run's history. */
  readonly ns: number;
  readonly kind: FaultKind;
  /** Which replica, connection or how long, for people. */
  readonly detail: string;
}

export type FaultKind =
  | 'replica killed'
  | 'replica serves'
  | 'store killed'
  | 'store paused'
  | 'store is back'
  | 'notifications cut'
  | 'notifications swallowed'
  | 'notifications are back'
  | 'load ended';

/** What was done to the brokers and the store of one run, in order. */
export class FaultLog {
  readonly entries: FaultEntry[] = [];
  readonly #nowNs: () => number;
  readonly #onEntry: (line: string) => void;

  constructor(nowNs: () => number, onEntry: (line: string) => void) {
    this.#nowNs = nowNs;
    this.#onEntry = onEntry;
  }

  add(kind: FaultKind, detail = ''): void {
    const entry = { ns: this.#nowNs(), kind, detail };
    this.entries.push(entry);
    this.#onEntry(describeFault(entry));
  }

  count(kind: FaultKind): number {
    return this.entries.filter((entry) => entry.kind === kind).length;
  }
}

/** `  12.345 s store killed` */
export function describeFault({ ns, kind, detail }: FaultEntry): string {
  return `${(ns / 1e9).toFixed(3).padStart(8)} s ${kind}${detail === '' ? '' : `: ${detail}`}`;
}
