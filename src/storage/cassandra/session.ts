import { types } from 'cassandra-driver';
import type { Client } from 'cassandra-driver';
import type { Clock } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import { Backoff } from '../../core/backoff.js';
import type { StorageClock } from '../storage-clock.js';
import { Deadline } from './deadline.js';
import { contended, foundNoConnection, unknownOutcome, wasNotWritten } from './errors.js';
import { Limiter } from './limiter.js';
import { numberAt } from './row-values.js';
import type { Row } from './row-values.js';

const { localQuorum, localSerial } = types.consistencies;

/** Requests of one kind that are on their way at once: enough to keep every core of a small cluster busy. */
const MAX_CONCURRENT = 32;

/** Between attempts at a write whose outcome is not known, or that another writer was ahead of. */
const RETRIES = { firstMs: 2, maxMs: 200 };

/**
 * How long a node may take to come back before a write that it was asked for is given up as unknown, while none can be
 * reached at all. Connections are made again after 100 ms, 200 ms, and so on.
 */
const RECONNECT_MS = 1500;

/** Creating a table takes half a second, and longer on a busy cluster. */
const SCHEMA_TIMEOUT_MS = 15_000;

/** A statement with its parameters, in order. */
export interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

/**
 * What became of a conditional batch. `current` holds the columns of its conditions as they are; undefined when there is
 * no such row or the server did not say.
 */
export type ConditionalResult =
  { readonly applied: true } | { readonly applied: false; readonly current: Row | undefined };

/** What has become of a conditional batch whose answer does not tell. */
export type Verdict =
  | 'applied'
  /** It was not, and never will be: something else has changed what its conditions ask for. */
  | 'not-applied'
  /** Its conditions still hold, so it may be sent again. */
  | 'unchanged'
  /** Nobody can tell any more. */
  | 'unknown';

/** Everything that is asked of the cluster goes through here: consistency levels, time limits and bounds are set once. */
export class Session {
  readonly tables: Readonly<Record<'meta' | 'subjects' | 'buckets' | 'messages' | 'records', string>>;
  readonly #client: Client;
  readonly #timeoutMs: number;
  readonly #writes = new Limiter(MAX_CONCURRENT);
  readonly #reads = new Limiter(MAX_CONCURRENT);

  constructor(
    client: Client,
    readonly clock: Clock,
    /** The cluster's time. */
    readonly time: StorageClock,
    options: { readonly keyspace: string; readonly timeoutMs: number },
  ) {
    const table = (name: string): string => `"${options.keyspace}".${name}`;
    this.tables = {
      meta: table('meta'),
      subjects: table('subjects'),
      buckets: table('buckets'),
      messages: table('messages'),
      records: table('records'),
    };
    this.#client = client;
    this.#timeoutMs = options.timeoutMs;
  }

  /** What one operation may take. */
  deadline(): Deadline {
    return new Deadline(this.clock, this.#timeoutMs);
  }

  nowUs(): number {
    return this.time.nowUs();
  }

  /** Rows of one partition as a quorum knows them. */
  read(query: string, params: readonly unknown[]): Promise<readonly Row[]> {
    return this.#select(query, params, localQuorum);
  }

  /**
   * The same after finishing whatever conditional write is under way: nothing that was decided is missed. It contends with
   * such writes, and is asked again when it loses.
   */
  async readSettled(query: string, params: readonly unknown[]): Promise<readonly Row[]> {
    const deadline = this.deadline();
    const backoff = new Backoff(RETRIES);
    for (;;) {
      try {
        return await this.#select(query, params, localSerial);
      } catch (error) {
        if (deadline.passed || wasNotWritten(error)) throw error;
      }
      await deadline.wait(backoff.nextMs());
    }
  }

  async #select(query: string, params: readonly unknown[], consistency: types.consistencies): Promise<readonly Row[]> {
    const options = { prepare: true, consistency, isIdempotent: true, fetchSize: 0 };
    return this.#reads.run(async () => (await this.#ask(() => this.#client.execute(query, params, options))).rows);
  }

  /** Writes what may be written any number of times. */
  async insert(query: string, params: readonly unknown[]): Promise<void> {
    const options = { prepare: true, isIdempotent: true };
    await this.#writes.run(() => this.#ask(() => this.#client.execute(query, params, options)));
  }

  /**
   * Makes a conditional batch of a single partition and finds out whether it was applied, whatever happens on the way.
   * A refusal may be due to an attempt of our own that another writer has finished for us, so `findOut` looks at what is
   * there: at `current` when the server has answered that, otherwise by a settled read. While nothing has changed the same
   * batch is sent again; its own id in the conditions lets at most one of them be applied. `unsure` says that an attempt
   * got no answer at all.
   *
   * @throws BrokerError STORAGE_UNAVAILABLE, with `fields.outcome`
   */
  async commit(
    statements: readonly Statement[],
    deadline: Deadline,
    findOut: (current: Row | undefined, unsure: boolean) => Promise<Verdict>,
  ): Promise<ConditionalResult> {
    const backoff = new Backoff(RETRIES);
    for (let unsure = false; ; unsure = true) {
      let current: Row | undefined;
      let failure: unknown;
      try {
        const result = await this.#conditional(statements);
        if (result.applied) return result;
        current = result.current;
      } catch (error) {
        if (wasNotWritten(error)) throw unsure ? unknownOutcome(error) : error;
        failure = error;
      }
      const verdict = await this.#findOut(
        () => findOut(current, unsure || failure !== undefined),
        deadline,
        backoff,
        failure,
      );
      if (verdict === 'applied') return { applied: true };
      if (verdict === 'not-applied') return { applied: false, current };
      if (verdict === 'unknown' || deadline.passed) throw unknownOutcome(failure);
    }
  }

  /** Asks again, which is another node's turn, while the client library has no connection to the one that it has chosen. */
  async #ask(request: () => Promise<types.ResultSet>): Promise<types.ResultSet> {
    const patience = new Deadline(this.clock, RECONNECT_MS);
    const backoff = new Backoff(RETRIES);
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!foundNoConnection(error) || patience.passed) throw error;
      }
      await patience.wait(backoff.nextMs());
    }
  }

  async #conditional(statements: readonly Statement[]): Promise<ConditionalResult> {
    const queries = statements.map(({ query, params }) => ({ query, params }));
    const options = { prepare: true, logged: false };
    const result = await this.#writes.run(() => this.#ask(() => this.#client.batch(queries, options)));
    return result.wasApplied() ? { applied: true } : { applied: false, current: result.first() ?? undefined };
  }

  async #findOut(
    ask: () => Promise<Verdict>,
    deadline: Deadline,
    backoff: Backoff,
    failure: unknown,
  ): Promise<Verdict> {
    const patience = new Deadline(this.clock, Math.min(deadline.leftMs, RECONNECT_MS));
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const over = wasNotWritten(error) ? patience.passed : deadline.passed;
        if (over) throw unknownOutcome(failure ?? error);
      }
      await deadline.wait(backoff.nextMs());
    }
  }

  /**
   * Repeats an attempt that others may be ahead of, with growing pauses, until it answers something.
   *
   * @throws BrokerError STORAGE_UNAVAILABLE when others were ahead all the time
   */
  async contend<T>(deadline: Deadline, attempt: () => Promise<T | undefined>): Promise<T> {
    const backoff = new Backoff(RETRIES);
    for (;;) {
      const result = await attempt();
      if (result !== undefined) return result;
      if (deadline.passed) throw contended();
      await deadline.wait(backoff.nextMs());
    }
  }

  /**
   * Changes the schema and waits until all nodes have it. All processes send such statements to the same node, the first
   * one by address that is up: two that create a table at once through different nodes can get two tables.
   */
  async changeSchema(statement: string): Promise<void> {
    const [host] = this.#client.hosts
      .values()
      .filter((each) => each.isUp())
      .toSorted((a, b) => (a.address < b.address ? -1 : 1));
    const options = { prepare: false, readTimeout: SCHEMA_TIMEOUT_MS };
    await this.#client.execute(statement, [], host === undefined ? options : { ...options, host });
  }

  /** Waits until all nodes that are up have the same schema. @throws BrokerError STORAGE_UNAVAILABLE */
  async schemaAgreed(): Promise<void> {
    const metadata = this.#client.metadata as unknown as SchemaAgreement;
    const deadline = new Deadline(this.clock, SCHEMA_TIMEOUT_MS);
    while (!(await metadata.checkSchemaAgreement())) {
      if (deadline.passed) {
        throw new BrokerError('STORAGE_UNAVAILABLE', 'the nodes of Cassandra do not agree on the schema');
      }
      await deadline.wait(100);
    }
  }

  /**
   * A quorum's sign of life, from which the cluster's time is learnt.
   *
   * @param timeoutMs how long each node may take
   */
  async sample(timeoutMs: number): Promise<void> {
    const askedMs = this.clock.monotonicMs();
    const query = `SELECT toUnixTimestamp(now()) AS now FROM ${this.tables.meta} WHERE name = 'schema'`;
    const options = { prepare: true, consistency: localQuorum, isIdempotent: true, readTimeout: timeoutMs };
    const row = (await this.#client.execute(query, [], options)).first();
    const nowMs = row === null ? undefined : numberAt(row, 'now');
    // Cut off to a whole millisecond, half of one too early on average.
    if (nowMs !== undefined) this.time.learn(askedMs, nowMs * 1000 + 500);
  }
}

/** Part of the client library's `Metadata` that its types leave out. */
interface SchemaAgreement {
  checkSchemaAgreement(): Promise<boolean>;
}
