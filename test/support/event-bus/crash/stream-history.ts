/** What became of a request: `open` until an answer, or a look at the stream after a crash, tells. */
export type Outcome = 'open' | 'done' | 'not done';

export interface WriteRecord {
  /** The event as JSON; no two writes of a stream have the same. */
  readonly body: string;
  readonly writer: string;
  /** Grows with every write of the writer. */
  readonly number: number;
  /** Steps of the run, which order what happened to all connections. */
  readonly sentStep: number;
  /** Infinity while there is no answer. */
  answeredStep: number;
  outcome: Outcome;
}

export interface MarkRecord {
  readonly status: number;
  outcome: Outcome;
}

/** What was asked of one stream and what was answered. */
export class StreamHistory {
  readonly name: string;
  creation: Outcome = 'open';
  deletion: Outcome | undefined;
  /** In the order in which they were sent, by body. */
  readonly writes = new Map<string, WriteRecord>();
  /** By the event's id, in the order in which they were sent. Only one connection at a time marks an event. */
  readonly marks = new Map<string, MarkRecord[]>();

  constructor(name: string) {
    this.name = name;
  }

  addMark(eventId: string, status: number): MarkRecord {
    const mark: MarkRecord = { status, outcome: 'open' };
    const marks = this.marks.get(eventId);
    if (marks === undefined) this.marks.set(eventId, [mark]);
    else marks.push(mark);
    return mark;
  }

  /** The statuses that an event can have now. */
  statusesOf(eventId: string): Set<number> {
    let possible = new Set([0]);
    for (const { status, outcome } of this.marks.get(eventId) ?? []) {
      if (outcome === 'done') possible = new Set([status]);
      else if (outcome === 'open') possible.add(status);
    }
    return possible;
  }
}
