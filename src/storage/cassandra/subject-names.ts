import type { types } from 'cassandra-driver';
import { compareUtf8 } from '../utf8-order.js';
import { textAt } from './row-values.js';
import type { Session } from './session.js';

/** Names that one request asks for. */
const PAGE = 1000;

/** The names of all subjects; text is ordered by its UTF-8 bytes in Cassandra. */
export class SubjectNames {
  readonly #session: Session;
  readonly #epoch: types.Uuid;
  readonly #from: string;
  readonly #after: string;

  constructor(session: Session, epoch: types.Uuid) {
    this.#session = session;
    this.#epoch = epoch;
    const select = `SELECT subject FROM ${session.tables.subjects} WHERE epoch = ?`;
    this.#from = `${select} AND subject >= ? LIMIT ?`;
    this.#after = `${select} AND subject > ? LIMIT ?`;
  }

  async list(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly string[]> {
    const { prefix } = options;
    const names: string[] = [];
    let query = this.#from;
    let bound = prefix;
    if (options.after !== '' && compareUtf8(options.after, prefix) >= 0) {
      query = this.#after;
      bound = options.after;
    }
    while (names.length < options.limit) {
      const limit = Math.min(PAGE, options.limit - names.length);
      const rows = await this.#session.read(query, [this.#epoch, bound, limit]);
      const page = rows.map((row) => textAt(row, 'subject'));
      // Names with the prefix follow each other.
      const end = page.findIndex((name) => !name.startsWith(prefix));
      names.push(...(end === -1 ? page : page.slice(0, end)));
      if (end !== -1 || page.length < limit) break;
      query = this.#after;
      bound = page.at(-1) ?? '';
    }
    return names;
  }
}
