import { CHUNK_FUNCTIONS, HEAD_FUNCTION, script } from './script.js';

/**
 * Removes an entry of the stream `chunks` and corrects the subject's counters. Of one chunk, `part`, some messages
 * were purged already: its first `partMessages` with `partBytes`.
 */
const REMOVE_FUNCTIONS = `
local function remove(state, chunks, entry)
  local messages, bytes = messagesOf(entry), bytesOf(entry)
  local part = redis.call('HMGET', state, 'part', 'partMessages', 'partBytes')
  if part[1] == entry[1] then
    messages, bytes = messages - part[2], bytes - part[3]
    redis.call('HDEL', state, 'part', 'partMessages', 'partBytes')
  end
  redis.call('XDEL', chunks, entry[1])
  redis.call('HINCRBY', state, 'messages', text(0 - messages))
  redis.call('HINCRBY', state, 'bytes', text(0 - bytes))
  return messages, bytes
end
local function correctFirst(state, chunks)
  local entry = redis.call('XRANGE', chunks, '-', '+', 'COUNT', 1)[1]
  redis.call('HSET', state, 'first', entry and text(firstIdOf(entry)) or '0')
end
`;

/**
 * What is due: KEYS life, due times; ARGV life, most messages and records. Answers the time, whether there is more, then
 * per key a list of names. Names begin with `c` for a chunk, `r` for a record and `p` for the rest of a purge.
 */
export const DUE = script(
  'reads',
  `
local room = tonumber(ARGV[2])
local answer, more = { now, 0 }, 0
for index = 2, #KEYS do
  local names = {}
  if room > 0 then
    for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[index], '-inf', text(now), 'LIMIT', 0, room)) do
      if room <= 0 then more = 1 break end
      names[#names + 1] = name
      room = room - tonumber(string.match(name, '^c (%d+)') or '1')
    end
  else
    more = 1
  end
  answer[index + 1] = names
end
if room <= 0 then more = 1 end
answer[2] = more
return answer
`,
);

/**
 * Removes chunks that have expired: KEYS life, then per chunk: due, state, chunks; ARGV life, then per chunk: name in
 * `due`, name in `chunks`.
 */
export const EXPIRE_CHUNKS = script(
  'frees',
  CHUNK_FUNCTIONS,
  REMOVE_FUNCTIONS,
  `
for index = 0, (#KEYS - 1) / 3 - 1 do
  local due, state, chunks = KEYS[2 + index * 3], KEYS[3 + index * 3], KEYS[4 + index * 3]
  redis.call('ZREM', due, ARGV[2 + index * 2])
  local name = ARGV[3 + index * 2]
  local entry = redis.call('XRANGE', chunks, name, name)[1]
  if entry then
    remove(state, chunks, entry)
    correctFirst(state, chunks)
  end
end
return { now }
`,
);

/**
 * Removes records that have expired: KEYS life, then per record: due, records, keys; ARGV life, then per record: name in
 * `due`, key.
 */
export const EXPIRE_RECORDS = script(
  'frees',
  `
for index = 0, (#KEYS - 1) / 3 - 1 do
  local due, records, keys = KEYS[2 + index * 3], KEYS[3 + index * 3], KEYS[4 + index * 3]
  local name, key = ARGV[2 + index * 2], ARGV[3 + index * 2]
  local score = redis.call('ZSCORE', due, name)
  if score and tonumber(score) <= now then
    redis.call('ZREM', due, name)
    redis.call('HDEL', records, key)
    redis.call('ZREM', keys, key)
  end
end
return { now }
`,
);

/**
 * Where a purge would end: KEYS life, state, chunks; ARGV life, id. Answers the time, the last id, ids purged so far, the
 * id below which everything goes, and the name and value of a chunk that has messages on both sides of it.
 */
export const PLAN_PURGE = script(
  'reads',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  `
local last = headOf(KEYS[2])
local purged = math.max(1, tonumber(redis.call('HGET', KEYS[2], 'purged') or '1'))
local below = math.max(math.min(tonumber(ARGV[2]), last + 1), purged)
local entry = redis.call('XRANGE', KEYS[3], text(below), '+', 'COUNT', 1)[1]
if entry and firstIdOf(entry) < below then return { now, last, purged, below, entry[1], entry[2][2] } end
return { now, last, purged, below }
`,
);

/**
 * Hides everything below an id at once: KEYS life, state, chunks, due; ARGV life, ids purged until now, the id, subject,
 * and of the chunk across it (or empty): name, messages and bytes below. Answers the time and what was purged of that
 * chunk, or -1 when another purge was quicker. The rest is removed later even if the broker is stopped now.
 */
export const HIDE = script(
  'frees',
  CHUNK_FUNCTIONS,
  `
local state, chunks, due = KEYS[2], KEYS[3], KEYS[4]
local part = redis.call('HMGET', state, 'purged', 'part', 'partMessages', 'partBytes')
if math.max(1, tonumber(part[1] or '1')) ~= tonumber(ARGV[2]) then return { now, -1, 0 } end
redis.call('HSET', state, 'purged', ARGV[3])
redis.call('ZADD', due, text(now + 60000000), 'p ' .. ARGV[4])
local name = ARGV[5]
if name == '' or #redis.call('XRANGE', chunks, name, name) == 0 then return { now, 0, 0 } end
local messages, bytes = tonumber(ARGV[6]), tonumber(ARGV[7])
if part[2] == name then messages, bytes = messages - part[3], bytes - part[4] end
redis.call('HINCRBY', state, 'messages', text(0 - messages))
redis.call('HINCRBY', state, 'bytes', text(0 - bytes))
redis.call('HSET', state, 'part', name, 'partMessages', ARGV[6], 'partBytes', ARGV[7])
return { now, messages, bytes }
`,
);

/**
 * Removes some of the chunks that a purge has hidden: KEYS life, state, chunks, due; ARGV life, subject, how many.
 * Answers the time, messages and bytes removed, whether there is more, and the subject's first id.
 */
export const REMOVE_HIDDEN = script(
  'frees',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  REMOVE_FUNCTIONS,
  `
local state, chunks, due = KEYS[2], KEYS[3], KEYS[4]
local purged, size = redis.call('HGET', state, 'purged') or '1', tonumber(ARGV[3])
local messages, bytes = 0, 0
local entries = redis.call('XRANGE', chunks, '-', '(' .. purged .. '-0', 'COUNT', size)
for _, entry in ipairs(entries) do
  redis.call('ZREM', due, 'c ' .. messagesOf(entry) .. ' ' .. entry[1] .. ' ' .. ARGV[2])
  local removed, removedBytes = remove(state, chunks, entry)
  messages, bytes = messages + removed, bytes + removedBytes
end
if #entries > 0 then correctFirst(state, chunks) end
if #entries < size then redis.call('ZREM', due, 'p ' .. ARGV[2]) end
local _, _, first = headOf(state)
return { now, messages, bytes, #entries < size and 0 or 1, first }
`,
);

/**
 * Counts a part of what a purge would remove: KEYS life, state, chunks; ARGV life, the id, name to go on after or empty,
 * how many chunks, name of the chunk across the id, whose part below it the caller counts. Answers the time, messages, bytes, the name to go on after or empty, and the first id left.
 */
export const COUNT_BELOW = script(
  'reads',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  `
local state, chunks, size = KEYS[2], KEYS[3], tonumber(ARGV[4])
local part = redis.call('HMGET', state, 'part', 'partMessages', 'partBytes')
local from = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local messages, bytes = 0, 0
if ARGV[3] == '' and part[1] == ARGV[5] then messages, bytes = messages - part[2], bytes - part[3] end
local entries = redis.call('XRANGE', chunks, from, '(' .. ARGV[2] .. '-0', 'COUNT', size)
for _, entry in ipairs(entries) do
  messages, bytes = messages + messagesOf(entry), bytes + bytesOf(entry)
  if part[1] == entry[1] then messages, bytes = messages - part[2], bytes - part[3] end
end
local next = redis.call('XRANGE', chunks, ARGV[2], '+', 'COUNT', 1)[1]
local last = headOf(state)
local first = math.max(tonumber(ARGV[2]), next and firstIdOf(next) or last + 1)
return { now, messages, bytes, #entries < size and '' or entries[#entries][1], first }
`,
);
