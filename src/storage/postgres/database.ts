import pg from 'pg';
import type { ClientConfig, PoolClient, QueryResultRow } from 'pg';
import { BrokerError } from '../../core/errors.js';
import { hasSqlState } from './errors.js';
import { Turns } from './turns.js';

/** A statement, and the name under which each connection prepares it; one that is run rarely has an empty name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A value for a parameter; numbers of an array come as PostgreSQL writes them, see {@link arrayOf}. */
export type Parameter = string | number | boolean | Buffer;

/** A connection that was taken for several statements. */
export interface Connection {
  query<Row extends QueryResultRow>(statement: Statement, values: readonly Parameter[]): Promise<readonly Row[]>;
  /** Runs statements without parameters, separated by semicolons. */
  script(text: string): Promise<void>;
}

/** How often at most a statement is tried that loses against another transaction. */
const ATTEMPTS = 3;

/** An array of numbers as a parameter. Shorter and quicker than what the client library makes of one. */
export function arrayOf(numbers: readonly number[]): string {
  return `{${numbers.join(',')}}`;
}

/** The pool of connections. Errors come as the client library gives them; {@link translate} turns them into the broker's. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #prepared: boolean;
  readonly #size: number;
  readonly #turns: Turns;

  constructor(options: ClientConfig, { size, prepared }: { readonly size: number; readonly prepared: boolean }) {
    this.#pool = new pg.Pool({ ...options, max: size, idleTimeoutMillis: 60_000 });
    this.#prepared = prepared;
    this.#size = size;
    this.#turns = new Turns(size);
    // An idle connection that ends, and one that ends between two statements of a transaction, would end the process;
    // whoever uses it next learns it anyway.
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => client.on('error', ignore));
  }

  /** Runs one statement in a transaction of its own. Tries again what the server undid because of another transaction. */
  query<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly Parameter[],
    onSent?: () => void,
  ): Promise<readonly Row[]> {
    return this.#again(() =>
      this.#use(async (client) => {
        onSent?.();
        return this.#run<Row>(client, statement, values);
      }),
    );
  }

  /** Runs several statements as one transaction; all of it again when the server undid it because of another. */
  transaction<T>(body: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#again(() =>
      this.#use(async (client) => {
        await client.query('BEGIN');
        try {
          const result = await body({
            query: (statement, values) => this.#run(client, statement, values),
            script: async (text) => void (await client.query(text)),
          });
          await client.query('COMMIT');
          return result;
        } catch (error) {
          if (isPlainRefusal(error)) await client.query('ROLLBACK');
          throw error;
        }
      }),
    );
  }

  /** Fails whoever waits for a connection. */
  refuseWaiting(error: BrokerError): void {
    this.#turns.refuseWaiting(error);
  }

  /** Ends every connection once it is idle. */
  close(): Promise<void> {
    return this.#pool.end();
  }

  async #again<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        if (attempt >= this.#attemptsAfter(error)) throw error;
      }
    }
  }

  /** How often to try at most what has failed with this. */
  #attemptsAfter(error: unknown): number {
    if (hasSqlState(error, '40001', '40P01')) return ATTEMPTS;
    // A migration, or a pooler, has made a prepared statement invalid: a connection that prepares it anew is needed, and
    // all that are there may have the old one.
    return hasSqlState(error, '0A000', '26000') ? this.#size + 1 : 1;
  }

  #use<T>(body: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#turns.run(() => this.#withClient(body));
  }

  async #withClient<T>(body: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let failed: unknown;
    try {
      return await body(client);
    } catch (error) {
      failed = error;
      throw error;
    } finally {
      // After a timeout the statement may still run, and after another failure the connection may be broken.
      client.release(failed !== undefined && !isPlainRefusal(failed));
    }
  }

  async #run<Row extends QueryResultRow>(
    client: PoolClient,
    { name, text }: Statement,
    values: readonly Parameter[],
  ): Promise<readonly Row[]> {
    const query = { text, values: [...values], ...(this.#prepared ? { name } : {}) };
    return (await client.query<Row>(query)).rows;
  }
}

/** The server, or the body of a transaction, has refused and the connection is as good as before. */
function isPlainRefusal(error: unknown): boolean {
  return error instanceof BrokerError || hasSqlState(error, '22', '23', '40', '42', '531', '55', '57014', 'P0');
}

const ignore = (): void => undefined;
