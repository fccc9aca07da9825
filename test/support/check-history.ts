import type { FetchOperation, FinalLog, Operation, PublishOperation, ReadOperation, StoredMessage } from './history.js';

export const VIOLATION_KINDS = [
  /** An acknowledged publish, or a message that somebody has read, is not in the final log. */
  'acked message lost',
  'seen message lost',
  /** Two readers, or a publisher and a reader, do not agree on what an id holds. */
  'body differs',
  'id twice',
  /** One publish is in the log twice. */
  'stored twice',
  'ids not dense',
  /** Nobody published what is in the log. */
  'phantom',
  'refused but stored',
  /** A fire-and-forget message is in the log, or was fetched or listed. */
  'transient stored',
  /** A was acknowledged before B was published, and has the larger id. */
  'real-time order',
  /** A message came into the log below an id that somebody had seen, or a reader went past it before anybody knew of it. */
  'late arrival',
  'delivery missed',
  'delivered twice',
  'out of order',
  /** A fetch did not find an id although it, or a larger one, had been seen before. */
  'not found',
] as const;

export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly subject: string;
  /** What happened to whom, for people. */
  readonly detail: string;
}

/**
 * Everything in `operations` and `finalLog` that the broker must not do. Nothing may have expired or been purged, and
 * the final log must be read when all publishing is over. Fire-and-forget messages may be missing anywhere, but their ids
 * are taken: only they make holes in the log. O(n) in time and memory, apart from sorting what the final log holds out of
 * order.
 *
 * @throws Error when two operations publish the same body, because then it cannot tell them apart
 */
export function checkHistory(operations: readonly Operation[], finalLog: FinalLog): Violation[] {
  const publishes = new Map<string, PublishOperation>();
  const subjects = new Map<string, SubjectCheck>();
  const violations: Violation[] = [];
  const of = (subject: string): SubjectCheck => {
    const known = subjects.get(subject);
    if (known !== undefined) return known;
    const check = new SubjectCheck(subject, finalLog.get(subject) ?? [], publishes, violations);
    subjects.set(subject, check);
    return check;
  };
  for (const subject of finalLog.keys()) of(subject);

  for (const operation of operations) {
    if (operation.op !== 'publish') continue;
    if (publishes.has(operation.sha)) throw new Error(`two operations publish the body ${operation.sha}`);
    publishes.set(operation.sha, operation);
    of(operation.subject).addPublish(operation);
  }
  for (const operation of operations) {
    if (operation.op === 'publish') continue;
    if (operation.op === 'fetch') {
      if (operation.outcome === 'found') of(operation.subject).addSeen(operation, operation.returnNs, 'fetch');
      continue;
    }
    const { client, op } = operation;
    for (const { subject, seenNs, ids, shas } of operation.seen) {
      const check = of(subject);
      ids.forEach((id, index) => check.addSeen({ client, id, sha: shas[index] ?? '' }, seenNs, op));
    }
  }
  for (const check of subjects.values()) check.checkLog();
  for (const operation of operations) {
    if (operation.op === 'publish') of(operation.subject).checkOrder(operation);
    else if (operation.op === 'fetch') of(operation.subject).checkFound(operation);
    else checkRead(operation, of);
  }
  return violations;
}

/** One read against the log: contiguous from its beginning, and to the end where it was complete. */
function checkRead(read: ReadOperation, of: (subject: string) => SubjectCheck): void {
  const last = new Map(Object.entries(read.after));
  const passed = new Set<string>();
  for (const { subject, seenNs, ids } of read.seen) {
    const check = of(subject);
    for (const id of ids) {
      const previous = last.get(subject);
      if (previous === undefined) {
        last.set(subject, id);
      } else if (id <= previous) {
        const wasPassed = passed.delete(`${subject} ${id}`);
        check.report(wasPassed ? 'out of order' : 'delivered twice', `${read.client} got ${id} after ${previous}`);
      } else {
        for (let missed = previous + 1; missed < id; missed++) {
          passed.add(`${subject} ${missed}`);
          check.reportPassed(missed, seenNs, `${read.client} went from ${previous} to ${id}`);
        }
        last.set(subject, id);
      }
    }
  }
  if (!read.complete) return;
  for (const [subject, id] of last) {
    const check = of(subject);
    if (id < check.lastId) {
      check.report('delivery missed', `${read.client} ended at ${id}, the log at ${check.lastId}`);
    }
  }
}

/** Who saw what under which id. */
type Sighting = Pick<FetchOperation, 'client' | 'id' | 'sha'>;

class SubjectCheck {
  /** The last id of the log. */
  readonly lastId: number;
  readonly #subject: string;
  readonly #violations: Violation[];
  readonly #messages: readonly StoredMessage[];
  readonly #publishes: ReadonlyMap<string, PublishOperation>;
  readonly #shaById = new Map<number, string>();
  readonly #idBySha = new Map<string, number>();
  readonly #ackedIds = new Map<number, PublishOperation>();
  /** Ids that fire-and-forget messages are known to have. */
  readonly #transientIds = new Map<number, string>();
  /** Fire-and-forget messages that may have taken an id which nobody got to know. */
  #unknownTransients = 0;
  /** When each id was first known to anybody, and by which kind of word. */
  readonly #seenNs = new Map<number, { readonly ns: number; readonly by: 'acknowledgement' | 'reader' }>();
  /** By id: the first time that anybody knew of it or of a larger one. */
  #reachedNs: readonly (typeof NEVER)[] = [];

  constructor(
    subject: string,
    messages: readonly StoredMessage[],
    publishes: ReadonlyMap<string, PublishOperation>,
    violations: Violation[],
  ) {
    this.#subject = subject;
    this.#messages = messages;
    this.#publishes = publishes;
    this.#violations = violations;
    this.lastId = messages.reduce((last, { id }) => Math.max(last, id), 0);
    for (const { id, sha } of messages) this.#shaById.set(id, sha);
  }

  report(kind: ViolationKind, detail: string): void {
    this.#violations.push({ kind, subject: this.#subject, detail });
  }

  addPublish(publish: PublishOperation): void {
    const { id, sha, client, outcome, transient } = publish;
    if (outcome !== 'acked') {
      if (transient === true && outcome === 'unknown') this.#unknownTransients++;
      return;
    }
    const other = this.#ackedIds.get(id);
    if (other !== undefined) this.report('id twice', `${id} was acknowledged to ${other.client} and ${client}`);
    this.#ackedIds.set(id, publish);
    this.#know(id, publish.returnNs, 'acknowledgement');
    if (transient === true) {
      this.#holdTransient({ client, id, sha });
      return;
    }
    const stored = this.#shaById.get(id);
    if (stored === undefined) this.report('acked message lost', `${id} of ${client}, ${sha}`);
    else if (stored !== sha) this.report('body differs', `${id} of ${client} is ${stored} instead of ${sha}`);
  }

  /** Every publish must have been added. */
  addSeen(sighting: Sighting, seenNs: number, by: Exclude<Operation['op'], 'publish'>): void {
    const { id, sha, client } = sighting;
    this.#know(id, seenNs, 'reader');
    const publish = this.#publishes.get(sha);
    if (publish?.transient === true) {
      if (by !== 'subscribe') this.report('transient stored', `${client} got ${id} by ${by}`);
      if (publish.subject !== this.#subject) this.report('phantom', `${client} got ${id} of ${publish.subject}`);
      else if (publish.outcome === 'refused') this.report('refused but stored', `${client} got ${id}`);
      this.#holdTransient(sighting);
      return;
    }
    const stored = this.#shaById.get(id);
    if (stored === undefined) this.report('seen message lost', `${client} had seen ${id}`);
    else if (stored !== sha) this.report('body differs', `${client} had seen ${sha} at ${id}, the log has ${stored}`);
  }

  /** The final log in itself and against what was published. Everything must have been added. */
  checkLog(): void {
    const inOrder = this.#messages.toSorted((a, b) => a.id - b.id);
    const holes: number[] = [];
    inOrder.forEach(({ id, sha }, index) => {
      const previous = inOrder[index - 1]?.id ?? 0;
      if (id === previous) this.report('id twice', `${id} is in the log twice`);
      for (let hole = previous + 1; hole < id; hole++) if (!this.#transientIds.has(hole)) holes.push(hole);
      const publish = this.#publishes.get(sha);
      if (publish === undefined || publish.subject !== this.#subject) {
        this.report('phantom', `${id} holds ${sha}, which nobody published`);
      } else if (publish.outcome === 'refused') {
        this.report('refused but stored', `${id} of ${publish.client}`);
      } else if (publish.transient === true) {
        this.report('transient stored', `${id} of ${publish.client}`);
      }
      this.#holdOnce(id, sha);
    });
    if (holes.length > this.#unknownTransients) {
      const unknown = `${this.#unknownTransients} fire-and-forget messages of unknown outcome`;
      this.report('ids not dense', `${holes.slice(0, 10).join(', ')} of ${holes.length} are missing, with ${unknown}`);
    }
    let lastKnown = this.lastId;
    for (const id of this.#transientIds.keys()) lastKnown = Math.max(lastKnown, id);
    const reached = new Array<typeof NEVER>(lastKnown + 2).fill(NEVER);
    for (let id = lastKnown, first = NEVER; id > 0; id--) {
      const seen = this.#seenNs.get(id);
      if (seen !== undefined && seen.ns < first.ns) first = { ...seen, id };
      reached[id] = first;
    }
    this.#reachedNs = reached;
  }

  /** A publish must get a larger id than everything that was known when it began. */
  checkOrder({ invokeNs, sha, client }: PublishOperation): void {
    const id = this.#idBySha.get(sha);
    if (id === undefined) return;
    const larger = this.#reachedNs[id + 1] ?? NEVER;
    if (larger.ns >= invokeNs) return;
    this.report(
      larger.by === 'acknowledgement' ? 'real-time order' : 'late arrival',
      `${client} began to publish ${id} after ${larger.id} was known`,
    );
  }

  /** What the log does not have is told where it was acknowledged or seen. */
  checkFound({ id, invokeNs, outcome, client }: FetchOperation): void {
    const { ns } = this.#reachedNs[id] ?? NEVER;
    if (outcome === 'absent' && this.#shaById.has(id) && ns < invokeNs) {
      this.report('not found', `${client} did not find ${id}`);
    }
  }

  /** A reader went past `id` at `seenNs`. Where the log never had it, `ids not dense` tells already. */
  reportPassed(id: number, seenNs: number, detail: string): void {
    if (!this.#shaById.has(id)) return;
    const known = this.#seenNs.get(id)?.ns ?? Infinity;
    this.report(known <= seenNs ? 'delivery missed' : 'late arrival', `${detail} without ${id}`);
  }

  #know(id: number, ns: number, by: 'acknowledgement' | 'reader'): void {
    const known = this.#seenNs.get(id);
    if (known === undefined || ns < known.ns) this.#seenNs.set(id, { ns, by });
  }

  /** A fire-and-forget message has this id: nothing else may, and it no other. */
  #holdTransient({ id, sha, client }: Sighting): void {
    const other = this.#transientIds.get(id) ?? this.#shaById.get(id);
    if (other !== undefined && other !== sha)
      this.report('body differs', `${client} has ${sha} at ${id}, not ${other}`);
    if (this.#transientIds.has(id)) return;
    this.#transientIds.set(id, sha);
    this.#holdOnce(id, sha);
    if (this.#publishes.get(sha)?.outcome === 'unknown') this.#unknownTransients--;
  }

  #holdOnce(id: number, sha: string): void {
    const first = this.#idBySha.get(sha);
    if (first === undefined) this.#idBySha.set(sha, id);
    else if (first !== id) this.report('stored twice', `${sha} is ${first} and ${id}`);
  }
}

const NEVER: { readonly ns: number; readonly id: number; readonly by: 'acknowledgement' | 'reader' } = {
  ns: Infinity,
  id: 0,
  by: 'reader',
};
