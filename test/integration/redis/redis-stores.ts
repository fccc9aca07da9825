import { systemClock, type Clock } from '../../../src/core/clock.js';
import { openRedisStorage } from '../../../src/storage/redis/index.js';
import type { RedisConfig } from '../../../src/storage/storage-config.js';
import type { Appended, AppendItem, Storage } from '../../../src/storage/storage.js';
import { BrokerError } from '../../../src/core/errors.js';

type OpenRedis = ReturnType<typeof openRedisStorage>;

/** Opens storages in a test and closes them after it. */
export class RedisStores {
  readonly #opened: Storage[] = [];

  async open(
    url: string,
    settings: Partial<RedisConfig> = {},
    clock: Clock = systemClock,
  ): Promise<Awaited<OpenRedis>> {
    const config: RedisConfig = {
      kind: 'redis',
      url,
      cluster: false,
      prefix: 'test',
      caFile: undefined,
      timeoutMs: 2000,
      ...settings,
    };
    const storage = await openRedisStorage(config, clock);
    this.#opened.push(storage);
    return storage;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((storage) => storage.close()));
  }
}

export function item(subject: string, text: string, extra: Partial<AppendItem> = {}): AppendItem {
  return { subject, body: Buffer.from(text), headers: [], ttlUs: 0, ...extra };
}

/** Appends one item, which must go through. */
export async function appendOne({ log }: Storage, subject: string, text: string): Promise<Appended> {
  const [result] = await log.append([item(subject, text)]);
  if (result === undefined || result instanceof BrokerError) throw result ?? new Error('no result');
  return result;
}

export async function textsOf({ log }: Storage, subject: string): Promise<readonly string[]> {
  const [result] = await log.read([{ subject, fromId: 1, maxMessages: 1000 }], 1e6);
  return result?.messages.map(({ body }) => Buffer.from(body).toString()) ?? [];
}
