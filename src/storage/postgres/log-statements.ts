import type { Statement } from './database.js';
import { readStatement } from './read-statement.js';
import { NOW_US } from './schema/sql-names.js';
import type { SqlNames } from './schema/sql-names.js';

/** No UTF-8 begins with this byte, so it is greater than every name. */
export const AFTER_ALL_NAMES = Buffer.of(0xff);

export type LogStatements = ReturnType<typeof logStatements>;

/** The statements of the log. */
export function logStatements(names: SqlNames) {
  const { schema } = names;
  const statement = (name: string, text: string): Statement => ({ name, text });
  const call = (name: string, parameters: number): Statement => {
    const list = Array.from({ length: parameters }, (_, index) => `$${index + 1}`).join(', ');
    return statement(name, `SELECT outcomes, now_us FROM ${schema}.${name}(${list})`);
  };
  return {
    appendOne: call('append_one', 10),
    append: call('append', 18),
    appendIf: call('append_if', 37),
    read: readStatement(names),
    get: statement(
      'get',
      `SELECT c.first_id, c.publish_time_us, ${NOW_US} AS now_us, c.value
        FROM ${schema}.subject s CROSS JOIN LATERAL (
          SELECT c.first_id, c.publish_time_us, c.value FROM ${schema}.chunk c
            WHERE c.subject_number = s.number AND c.last_id >= $2 ORDER BY c.last_id LIMIT 1) c
        WHERE s.name = $1 AND s.first_id <= $2 AND c.first_id <= $2`,
    ),
    heads: statement(
      'heads',
      `SELECT u.n::integer AS n, s.last_id, s.last_publish_time_us, s.first_id
        FROM unnest($2::integer[], $3::integer[]) WITH ORDINALITY AS u (name_from, name_length, n)
          JOIN ${schema}.subject s ON s.name = substring($1::bytea FROM u.name_from FOR u.name_length)`,
    ),
    subjects: statement(
      'subjects',
      `SELECT name, last_id, last_publish_time_us, first_id, messages, bytes FROM ${schema}.subject
        WHERE name >= $1 AND name < $2 AND name > $3 AND last_id > 0 ORDER BY name LIMIT $4`,
    ),
    idAtTime: statement('id_at_time', `SELECT ${schema}.id_at_time($1, $2) AS id`),
    settledTime: statement('settled_time', `SELECT ${schema}.settled_time_us() AS time_us`),
    expire: statement('expire', `SELECT ${schema}.expire_step() AS more`),
  };
}
