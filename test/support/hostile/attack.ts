/** What is attacked, and from where. */
export interface AttackTarget {
  /** `127.0.0.1:port` of gRPC. */
  readonly address: string;
  /** Address of this machine that the attack comes from: one that good clients do not use. */
  readonly localAddress: string;
  /** Whether the address speaks TLS. */
  readonly tls?: boolean;
}

/** How often each thing happened, such as `GOAWAY ENHANCE_YOUR_CALM` or `status 3`. */
export type Outcomes = ReadonlyMap<string, number>;

export interface Attack {
  readonly name: string;
  /** What is done, and which known weakness that was. */
  readonly description: string;
  /** Attempts (streams, frames or connections, as the attack says) of a quick run and of a full one. */
  readonly quick: number;
  readonly full: number;
  /** What must become of an attempt. */
  readonly expected: RegExp;
  /** What it may add to the resident memory of the broker, in MiB; 100 where it does not say. */
  readonly maxAddedMib?: number;
  /** Needs a target with TLS. */
  readonly overTls?: boolean;
  /** What a proxy in front does with it, where that is something else. */
  readonly expectedOfProxy?: RegExp;
  /** Makes so many attempts and tells what became of them, with no connection left open. */
  run(target: AttackTarget, attempts: number): Promise<Outcomes>;
}

/** Counts outcomes. */
export class OutcomeCounter {
  readonly outcomes = new Map<string, number>();

  add(outcome: string, count = 1): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + count);
  }
}

/** Longest time that a server has to end what it must end. */
export const PATIENCE_MS = 30_000;

/** Does it so often, several at a time. */
export async function repeat(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
