import type { Clock } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import { Availability } from '../availability.js';
import { HintListeners } from '../hint-listeners.js';
import { StorageClock } from '../storage-clock.js';
import type { RedisConfig } from '../storage-config.js';
import { RedisConnection } from './connection.js';
import { redisError, refused } from './errors.js';
import { HintSubscription } from './hint-subscription.js';
import { RedisKeys, TAGS } from './keys.js';
import { readLives } from './life.js';
import { RedisData } from './redis-data.js';
import { RedisStorage } from './redis-storage.js';
import { checkServers } from './server-check.js';

/** Without a sign of life for so long Redis counts as away: a broker must know that within two seconds. */
const PROBE_MS = 1000;

/**
 * Opens the data under a prefix, or begins it.
 *
 * @throws BrokerError STORAGE_UNAVAILABLE when Redis cannot be used now, STORAGE_MISCONFIGURED when it never will like
 *   this: wrong password, too old, one that evicts, a cluster where none is expected. Nothing stays open then.
 */
export async function openRedisStorage(config: RedisConfig, clock: Clock): Promise<RedisStorage> {
  checkConfig(config);
  let onTrouble = (): void => undefined;
  const connection = new RedisConnection({ config, clock, onTrouble: () => onTrouble() });
  const keys = new RedisKeys(config.prefix);
  const listeners = new HintListeners();
  const channels = config.cluster ? Array.from({ length: TAGS }, (_, tag) => keys.hints(tag)) : [keys.hints(0)];
  const subscription = new HintSubscription({
    config,
    clock,
    channels,
    onHint: (hint) => listeners.emit(hint),
  });
  try {
    const traits = await checkServers(connection, config.cluster);
    const lives = await readLives(connection, keys);
    const storageClock = new StorageClock(clock);
    const data = new RedisData({
      connection,
      keys,
      cluster: config.cluster,
      lives,
      clock,
      storageClock,
      isListening: () => subscription.listening,
    });
    const silenceMs = Math.min(PROBE_MS, config.timeoutMs);
    const availability: Availability = new Availability({
      clock,
      name: 'redis',
      // A server that was lost may have become a replica, which only a write tells; otherwise it need not touch its disk.
      probe: async () => {
        if (availability.available) await data.look({ silenceMs });
        else await data.settle({ silenceMs });
      },
      translate: redisError,
    });
    await data.settle();
    await subscription.start();
    onTrouble = onceAtATime(() => availability.ping());
    return new RedisStorage({
      data,
      lives,
      traits,
      availability,
      connection,
      subscription,
      listeners,
      clock: storageClock,
    });
  } catch (error) {
    subscription.close();
    connection.close();
    throw openingError(config, error);
  }
}

function checkConfig({ prefix, cluster, url }: RedisConfig): void {
  // A brace would be taken for the hash tag, and all keys would be in one slot.
  if (/[{}]/.test(prefix)) throw refused('redis.prefix must not contain { or }');
  if (cluster && new URL(url).pathname.length > 1) {
    throw refused('redis.url must not name a database number: a cluster has only one');
  }
}

/** Looks whether Redis is there when something is odd; whoever waits for it is told by the availability. */
function onceAtATime(look: () => Promise<void>): () => void {
  let looking = false;
  return () => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined)
      .finally(() => (looking = false));
  };
}

/** Says which server it was. */
function openingError({ url }: RedisConfig, error: unknown): BrokerError {
  const translated = redisError(error);
  if (translated.reason !== 'STORAGE_UNAVAILABLE') return translated;
  return new BrokerError('STORAGE_UNAVAILABLE', `${translated.message} (redis.url, ${new URL(url).host})`, {
    cause: translated.cause ?? error,
  });
}
