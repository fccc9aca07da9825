import { ONCE_FUNCTIONS, PUBLISH_FUNCTION, script } from './script.js';

/**
 * A record is kept as `<version> <expire time> <value>`; this answers its parts, or nothing when it is absent or expired.
 */
const RECORD_FUNCTION = `
local function parts(stored)
  if not stored then return end
  local version, expire, value = string.match(stored, '^(%d+) (%d+) (.*)$')
  if expire ~= '0' and tonumber(expire) <= now then return end
  return version, expire, value
end
`;

/**
 * Commits to a partition: KEYS life, calls of the writer, records, keys, versions, due; ARGV life, slot, number, PUBLISH
 * or SPUBLISH, channel, own listeners, partition, number of conditions, then key and version of each; number of puts, then key, time to
 * live and value of each; number of deletes, then their keys. Answers `ok <version> <time>` or `no <index>`.
 */
export const COMMIT = script(
  'writes',
  ONCE_FUNCTIONS,
  PUBLISH_FUNCTION,
  RECORD_FUNCTION,
  `
local records, keys, versions, due = KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local partition = ARGV[7]
local a = 9
for index = 0, tonumber(ARGV[8]) - 1 do
  local version = parts(redis.call('HGET', records, ARGV[a]))
  if (version or '0') ~= ARGV[a + 1] then return answerOnce('no ' .. index) end
  a = a + 2
end
local version = redis.call('INCR', versions)
local function dueName(key) return 'r ' .. #partition .. ' ' .. partition .. key end
local puts = tonumber(ARGV[a])
a = a + 1
for _ = 1, puts do
  local key, ttl = ARGV[a], tonumber(ARGV[a + 1])
  local expire = ttl > 0 and text(now + ttl) or '0'
  redis.call('HSET', records, key, text(version) .. ' ' .. expire .. ' ' .. ARGV[a + 2])
  redis.call('ZADD', keys, 0, key)
  if ttl > 0 then redis.call('ZADD', due, expire, dueName(key)) else redis.call('ZREM', due, dueName(key)) end
  a = a + 3
end
local deletes = tonumber(ARGV[a])
a = a + 1
for _ = 1, deletes do
  redis.call('HDEL', records, ARGV[a])
  redis.call('ZREM', keys, ARGV[a])
  redis.call('ZREM', due, dueName(ARGV[a]))
  a = a + 1
end
if puts + deletes > 0 then publish('p' .. partition) end
return answerOnce('ok ' .. text(version) .. ' ' .. text(now))
`,
);

/** One record: KEYS life, records; ARGV life, key. Answers the time, then version, expire time and value if it is there. */
export const GET_RECORD = script(
  'reads',
  RECORD_FUNCTION,
  `
return { now, parts(redis.call('HGET', KEYS[2], ARGV[2])) }
`,
);

/**
 * Records in key order: KEYS life, records, keys; ARGV life, ZRANGEBYLEX or ZREVRANGEBYLEX with its two bounds, limit.
 * Answers the time, then a list of key, version, expire time, value, key …
 */
export const SCAN_RECORDS = script(
  'reads',
  RECORD_FUNCTION,
  `
local command, from, to, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local found, left = {}, limit
while left > 0 do
  local size = math.min(left, 512)
  local keys = redis.call(command, KEYS[3], from, to, 'LIMIT', 0, size)
  for _, key in ipairs(keys) do
    local version, expire, value = parts(redis.call('HGET', KEYS[2], key))
    if version then
      found[#found + 1], found[#found + 2], found[#found + 3], found[#found + 4] = key, version, expire, value
      left = left - 1
    end
    from = '(' .. key
  end
  if #keys < size then break end
end
return { now, found }
`,
);
