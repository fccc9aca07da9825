import { createClient } from '@redis/client';
import type { BatchInsert } from './batch-insert.js';

/** Appends to a list if the head is where the caller believes it to be; `unpack` takes some thousands of values. */
const SCRIPT = `
local head = tonumber(redis.call('GET', KEYS[1]) or '0')
if head ~= tonumber(ARGV[1]) then return redis.error_reply('conflict') end
for i = 2, #ARGV, 200 do
  redis.call('RPUSH', KEYS[2], unpack(ARGV, i, math.min(i + 199, #ARGV)))
end
redis.call('SET', KEYS[1], head + #ARGV - 1)
return 1`;

/** One script call per batch. */
export async function openRedisInsert(url: string): Promise<BatchInsert> {
  const client = createClient({ url });
  await client.connect();
  const keys = ['{bench}head', '{bench}log'];
  await client.del(keys);
  const sha = await client.scriptLoad(SCRIPT);
  let head = 0;
  return {
    async insert(bodies) {
      await client.sendCommand(['EVALSHA', sha, '2', ...keys, String(head), ...bodies]);
      head += bodies.length;
    },
    close: () => client.close(),
  };
}
