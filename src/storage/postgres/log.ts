import { isExpired } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import { AppendPlan } from '../append-plan.js';
import type { Availability } from '../availability.js';
import { Chunk } from '../chunk.js';
import type {
  AppendItem,
  AppendResult,
  Hint,
  MessageLog,
  PurgeResult,
  ReadRange,
  ReadResult,
  SubjectHead,
  SubjectInfo,
} from '../storage.js';
import { subjectIdentity } from '../subject-identity.js';
import { appendIfValues, appendOneValues, appendValues, isUnconditional } from './append-values.js';
import type { Batches } from './batches.js';
import { ByteColumn } from './byte-column.js';
import type { Database } from './database.js';
import type { LogStatements } from './log-statements.js';
import { AFTER_ALL_NAMES } from './log-statements.js';
import { segmentOutcomes } from './outcomes.js';
import type { Purge } from './purge.js';
import { readRanges } from './read-ranges.js';

/** Largest body: read back as hexadecimal text it takes twice the room, and PostgreSQL's limit is 1 GiB. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

const UNKNOWN_SUBJECT: SubjectHead = { lastId: 0, lastPublishTimeUs: 0, firstId: 1 };

export interface LogParts {
  readonly database: Database;
  readonly statements: LogStatements;
  readonly batches: Batches;
  readonly purge: Purge;
  readonly availability: Availability;
  /** Told of every append that was committed. */
  readonly onHint: (hint: Hint) => void;
}

interface HeadRow {
  readonly last_id: number;
  readonly last_publish_time_us: number;
  readonly first_id: number;
}

/** The log in PostgreSQL; README.md describes its tables. */
export class PostgresLog implements MessageLog {
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return this.#run(async ({ batches, statements, onHint }) => {
      const plan = new AppendPlan(items, MAX_MESSAGE_BYTES);
      if (plan.subjects.length === 0) return plan.results();
      const outcomes = segmentOutcomes(await write(plan, batches, statements));
      let index = 0;
      for (const { subject, segments } of plan.subjects) {
        let lastId = 0;
        for (const segment of segments) {
          const outcome = outcomes[index] as (typeof outcomes)[number];
          index += 1;
          plan.settle(subject, segment, outcome);
          if (outcome.kind === 'appended') lastId = outcome.firstId + segment.items.length - 1;
        }
        if (lastId > 0) onHint({ kind: 'subject', subject, lastId });
      }
      return plan.results();
    });
  }

  get(subject: string, id: number): Promise<Message | undefined> {
    return this.#run(async ({ database, statements }) => {
      const [row] = await database.query<{
        first_id: number;
        publish_time_us: number;
        now_us: number;
        value: Buffer;
      }>(statements.get, [Buffer.from(subject), id]);
      if (row === undefined) return undefined;
      const place = { firstId: row.first_id, publishTimeUs: row.publish_time_us };
      const message = Chunk.openRelative(row.value, { subject, identity: subjectIdentity(subject) }, place).message(id);
      return message === undefined || isExpired(message, row.now_us) ? undefined : message;
    });
  }

  read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    return this.#run(async ({ database, statements }) =>
      ranges.length === 0 ? [] : readRanges(database, statements.read, ranges, maxBytes),
    );
  }

  heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    return this.#run(async ({ database, statements }) => {
      if (subjects.length === 0) return [];
      const names = ByteColumn.ofTexts(subjects);
      const rows = await database.query<HeadRow & { n: number }>(statements.heads, [
        names.bytes,
        names.from,
        names.lengths,
      ]);
      const heads: SubjectHead[] = subjects.map(() => UNKNOWN_SUBJECT);
      for (const row of rows) heads[row.n - 1] = headOf(row);
      return heads;
    });
  }

  subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]> {
    const { prefix, after, limit } = options;
    return this.#run(async ({ database, statements }) => {
      const rows = await database.query<HeadRow & { name: Buffer; messages: number; bytes: number }>(
        statements.subjects,
        [Buffer.from(prefix), endOfPrefix(prefix), Buffer.from(after), limit],
      );
      return rows.map((row) => ({
        subject: row.name.toString(),
        messages: row.messages,
        bytes: row.bytes,
        ...headOf(row),
      }));
    });
  }

  idAtTime(subject: string, timeUs: number): Promise<number> {
    return this.#run(async ({ database, statements }) => {
      const [row] = await database.query<{ id: number }>(statements.idAtTime, [Buffer.from(subject), timeUs]);
      return row?.id ?? 1;
    });
  }

  settledTimeUs(): Promise<number> {
    return this.#run(async ({ database, statements }) => {
      const [row] = await database.query<{ time_us: number }>(statements.settledTime, []);
      return (row as { time_us: number }).time_us;
    });
  }

  purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    return this.#run(({ purge }) => purge.run(subject, options));
  }

  expire(): Promise<boolean> {
    return this.#run(async ({ database, statements }) => {
      const [row] = await database.query<{ more: boolean }>(statements.expire, []);
      return row?.more === true;
    });
  }

  #run<T>(operation: (parts: LogParts) => Promise<T>): Promise<T> {
    return this.#parts.availability.run(() => operation(this.#parts));
  }
}

/** Chooses the quickest function that can do it. */
function write(plan: AppendPlan, batches: Batches, statements: LogStatements): Promise<readonly number[]> {
  if (!isUnconditional(plan)) return batches.write(statements.appendIf, appendIfValues(plan));
  const one = appendOneValues(plan);
  return one === undefined
    ? batches.write(statements.append, appendValues(plan))
    : batches.write(statements.appendOne, one);
}

function headOf(row: HeadRow): SubjectHead {
  return { lastId: row.last_id, lastPublishTimeUs: row.last_publish_time_us, firstId: row.first_id };
}

/** Above every name with the prefix; the last byte of UTF-8 is never 0xff, so it can always be one more. */
function endOfPrefix(prefix: string): Buffer {
  if (prefix === '') return AFTER_ALL_NAMES;
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  return end;
}
