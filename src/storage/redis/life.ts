import { createHash, randomUUID } from 'node:crypto';
import { refused } from './errors.js';
import type { RedisConnection } from './connection.js';
import { TAGS } from './keys.js';
import type { RedisKeys } from './keys.js';
import { bytesOf } from './reply.js';

/** The layout of the keys that README.md describes. */
const LAYOUT = 1;

/**
 * What the keys of each tag are called for as long as they live: `<layout> <random>`, set once by whoever comes first.
 * When a server loses its data, those of its tags are gone or new, so nobody takes new data for the old.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED when a newer version has written them
 */
export async function readLives(connection: RedisConnection, keys: RedisKeys): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: TAGS }, (_, tag) => readLife(connection, keys.life(tag))));
}

async function readLife(connection: RedisConnection, key: string): Promise<string> {
  if ((await connection.send(key, ['GET', key])) === null) {
    await connection.send(key, ['SET', key, `${LAYOUT} ${randomUUID()}`, 'NX']);
  }
  const life = bytesOf(await connection.send(key, ['GET', key])).toString();
  const layout = Number(life.split(' ', 1)[0]);
  if (layout === LAYOUT) return life;
  throw refused(
    layout > LAYOUT
      ? `the data in redis was written by a newer version of waybill (layout ${layout}, this one knows ${LAYOUT})`
      : `the keys in redis are not those of waybill ("${key}"); set redis.prefix to something else`,
  );
}

/** The storage's epoch: another one as soon as any tag has a new life. */
export function epochOf(lives: readonly string[]): string {
  return createHash('sha256').update(lives.join('\n')).digest('hex').slice(0, 32);
}
