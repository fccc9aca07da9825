import { BrokerError } from '../../core/errors.js';
import { Chunk } from '../chunk.js';
import type { PurgeResult } from '../storage.js';
import { subjectIdentity } from '../subject-identity.js';
import type { Connection, Database, Statement } from './database.js';
import type { SqlNames } from './schema/sql-names.js';

interface SubjectRow {
  readonly number: number;
  readonly first_id: number;
  readonly last_id: number;
  readonly last_publish_time_us: number;
  readonly messages: number;
  readonly bytes: number;
}

interface ChunkRow {
  readonly first_id: number;
  readonly last_id: number;
  readonly publish_time_us: number;
  readonly value: Buffer;
}

interface Count {
  readonly messages: number;
  readonly bytes: number;
  readonly time_us: number;
}

/**
 * Removes what lies below an id: `first_id` moves, which hides it all at once, and `expire_step` deletes the chunks. A
 * chunk that reaches over the new `first_id` stays; what of it still counts is written into its row.
 */
export class Purge {
  readonly #database: Database;
  readonly #subject: Statement;
  readonly #boundary: Statement;
  readonly #whole: Statement;
  readonly #shrink: Statement;
  readonly #move: Statement;
  readonly #mark: Statement;

  constructor(database: Database, { schema }: SqlNames) {
    this.#database = database;
    const statement = (name: string, text: string): Statement => ({ name: `purge_${name}`, text });
    this.#subject = statement(
      'subject',
      `SELECT number, first_id, last_id, last_publish_time_us, messages, bytes FROM ${schema}.subject
        WHERE name = $1 AND last_id > 0 FOR UPDATE`,
    );
    this.#boundary = statement(
      'boundary',
      `SELECT first_id, last_id, publish_time_us, value FROM ${schema}.chunk
        WHERE subject_number = $1 AND last_id >= $2 AND first_id < $2 ORDER BY last_id LIMIT 1`,
    );
    this.#whole = statement(
      'whole',
      `SELECT coalesce(sum(messages), 0)::bigint AS messages, coalesce(sum(bytes), 0)::bigint AS bytes,
          coalesce(max(publish_time_us), 0) AS time_us
        FROM ${schema}.chunk WHERE subject_number = $1 AND last_id >= $2 AND last_id < $3`,
    );
    this.#shrink = statement(
      'shrink',
      `UPDATE ${schema}.chunk SET messages = messages - $3, bytes = bytes - $4
        WHERE subject_number = $1 AND last_id = $2`,
    );
    this.#move = statement(
      'move',
      `UPDATE ${schema}.subject SET first_id = $2, messages = messages - $3, bytes = bytes - $4,
          trimmed_time_us = greatest(trimmed_time_us, $5)
        WHERE name = $1`,
    );
    this.#mark = statement(
      'mark',
      `INSERT INTO ${schema}.purged AS p VALUES ($1, $2)
        ON CONFLICT (subject_number) DO UPDATE SET before_id = greatest(p.before_id, excluded.before_id)`,
    );
  }

  /** As {@link MessageLog.purge}. */
  run(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    return this.#database.transaction((connection) => this.#purge(connection, subject, options));
  }

  async #purge(
    connection: Connection,
    subject: string,
    { beforeId, dryRun }: { readonly beforeId: number; readonly dryRun: boolean },
  ): Promise<PurgeResult> {
    const name = Buffer.from(subject);
    const [row] = await connection.query<SubjectRow>(this.#subject, [name]);
    if (row === undefined) {
      throw new BrokerError('SUBJECT_NOT_FOUND', `subject "${subject}" was never published to`, {
        fields: { subject },
      });
    }
    const before = Math.min(beforeId, row.last_id + 1);
    if (before <= row.first_id) return { messages: 0, bytes: 0, firstId: row.first_id };
    // Of all messages the subject knows the number; others are counted.
    const [whole] =
      before > row.last_id
        ? [{ messages: row.messages, bytes: row.bytes, time_us: row.last_publish_time_us }]
        : await connection.query<Count>(this.#whole, [row.number, row.first_id, before]);
    const [boundary] = await connection.query<ChunkRow>(this.#boundary, [row.number, before]);
    const part =
      boundary === undefined ? { messages: 0, bytes: 0, time_us: 0 } : countBelow(subject, row, boundary, before);
    const messages = (whole?.messages ?? 0) + part.messages;
    const bytes = (whole?.bytes ?? 0) + part.bytes;
    const empty = row.messages === messages;
    const firstId = empty ? row.last_id + 1 : before;
    if (!dryRun) {
      if (boundary !== undefined) {
        await connection.query(this.#shrink, [row.number, boundary.last_id, part.messages, part.bytes]);
      }
      const timeUs = empty ? row.last_publish_time_us : Math.max(whole?.time_us ?? 0, part.time_us);
      await connection.query(this.#move, [name, firstId, messages, bytes, timeUs]);
      await connection.query(this.#mark, [row.number, firstId]);
    }
    return { messages, bytes, firstId };
  }
}

/** What a chunk that reaches over `before` has below it and not below the subject's first id. */
function countBelow(subject: string, row: SubjectRow, boundary: ChunkRow, before: number): Count {
  const place = { firstId: boundary.first_id, publishTimeUs: boundary.publish_time_us };
  const chunk = Chunk.openRelative(boundary.value, { subject, identity: subjectIdentity(subject) }, place);
  let messages = 0;
  let bytes = 0;
  for (let id = Math.max(chunk.firstId, row.first_id); id < before; id += 1) {
    if (chunk.has(id)) messages += 1;
    bytes += chunk.size(id);
  }
  return { messages, bytes, time_us: messages === 0 ? 0 : boundary.publish_time_us };
}
