import type { Capabilities } from '../storage.js';
import { isReply, refused, unavailable } from './errors.js';
import type { RedisConnection } from './connection.js';
import { bytesOf, listOf } from './reply.js';
import type { Reply } from './reply.js';

/** The first version whose scripts say what they do beforehand and that has channels per shard. */
const OLDEST_VERSION = 7;

export interface ServerTraits {
  readonly durability: Capabilities['durability'];
  /** What the operator should know although it works; empty when all is well. */
  readonly warnings: readonly string[];
}

type Fields = ReadonlyMap<string, string>;

/**
 * Looks whether the servers are fit to keep messages, and how well.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED, STORAGE_UNAVAILABLE
 */
export async function checkServers(connection: RedisConnection, cluster: boolean): Promise<ServerTraits> {
  const infos = (await connection.ask(['INFO'])).map((info) => fieldsOf(bytesOf(info).toString()));
  for (const info of infos) checkServer(info, cluster);
  const settings = await settingsOf(connection);
  for (const setting of settings ?? []) checkPolicy(setting.get('maxmemory-policy'));
  return durabilityOf(infos, settings);
}

function checkServer(info: Fields, cluster: boolean): void {
  const version = info.get('redis_version') ?? 'unknown';
  if (!(Number.parseInt(version) >= OLDEST_VERSION)) {
    throw refused(`redis ${version} is too old; ${OLDEST_VERSION}.0 or later is needed`);
  }
  if (info.get('role') === 'slave') throw unavailable('redis is a replica and cannot be written to');
  if (info.get('cluster_enabled') === '1' && !cluster) {
    throw refused('redis is a node of a cluster; set redis.cluster to on');
  }
  checkPolicy(info.get('maxmemory_policy'));
}

function checkPolicy(policy: string | undefined): void {
  if (policy === undefined || policy === 'noeviction') return;
  throw refused(
    `redis removes keys when its memory is full (maxmemory-policy ${policy}) and would lose messages; set it to noeviction`,
  );
}

/** The settings of each server; undefined where reading them is not allowed, as with many hosted ones. */
async function settingsOf(connection: RedisConnection): Promise<readonly Fields[] | undefined> {
  try {
    const replies = await connection.ask(['CONFIG', 'GET', 'append*', 'maxmemory-policy']);
    return replies.map((reply) => pairsOf(listOf(reply)));
  } catch (error) {
    if (isReply(error)) return undefined;
    throw error;
  }
}

function durabilityOf(infos: readonly Fields[], settings: readonly Fields[] | undefined): ServerTraits {
  if (infos.some((info) => info.get('aof_enabled') !== '1')) {
    return {
      durability: 'none',
      warnings: ['redis keeps no append-only file (appendonly no): when it stops, acknowledged messages are lost'],
    };
  }
  const policies = settings?.map((setting) => setting.get('appendfsync')) ?? [undefined];
  if (policies.every((policy) => policy === 'always')) return { durability: 'machine', warnings: [] };
  const weakest = policies.find((policy) => policy !== 'always') ?? 'unknown';
  return {
    durability: 'process',
    warnings: [
      `redis does not write each message through to the disk (appendfsync ${weakest}): when its machine stops, the last acknowledged messages are lost`,
    ],
  };
}

/** `name:value` lines. */
function fieldsOf(text: string): Fields {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

function pairsOf(reply: readonly Reply[]): Fields {
  const texts = reply.map((each) => bytesOf(each).toString());
  return new Map(
    Array.from({ length: texts.length / 2 }, (_, index) => [texts[index * 2] ?? '', texts[index * 2 + 1] ?? '']),
  );
}
