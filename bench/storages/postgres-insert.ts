import { Client } from 'pg';
import type { BatchInsert } from './batch-insert.js';

const TABLE = `drop table if exists bench_log;
  create table bench_log(p text not null, seq bigint not null, body bytea not null, primary key (p, seq))`;

/** One prepared `insert … select from unnest` per batch; ids come from this process. */
export async function openPostgresInsert(url: string): Promise<BatchInsert> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(TABLE);
  let head = 0;
  return {
    async insert(bodies) {
      await client.query({
        name: 'insert',
        text: 'insert into bench_log select $1, $2::bigint + o, b from unnest($3::bytea[]) with ordinality u(b, o)',
        values: ['bench', head, bodies],
      });
      head += bodies.length;
    },
    close: () => client.end(),
  };
}
