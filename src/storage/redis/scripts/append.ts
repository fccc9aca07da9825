import { TRANSIENT_LIFE_US } from '../../storage.js';
import { ONCE_FUNCTIONS, PUBLISH_FUNCTION, script } from './script.js';

/**
 * Appends to subjects, all or nothing.
 *
 *     KEYS  life, calls of the writer, settled time, then per subject: state, chunks, transient chunks, subjects, due,
 *           and the idempotency keys of its segments
 *     ARGV  life, slot, number, PUBLISH or SPUBLISH, channel, own listeners, number of subjects, then per subject: name,
 *           number of segments, and per segment: number of ids, its conditions as letters, then
 *             k  digest, window in milliseconds, time to live of the message
 *             f  lock, token
 *             e  expected last id
 *           number of chunks, and per chunk: offset of its first and last id, messages, bytes, time to live, value;
 *           number of transient chunks, and per chunk: offset of its last id, value
 *
 * Answers words, per segment: `a first-id time` appended, `d id time expire-time` duplicate, `k id` key reused,
 * `s token` stale, `x last-id` unexpected.
 */
export const APPEND = script(
  'writes',
  ONCE_FUNCTIONS,
  PUBLISH_FUNCTION,
  `
local floor = tonumber(redis.call('GET', KEYS[3]) or '0')
local earliest = math.max(now, floor + 1)
local k, a = 4, 8
local answers, hints = {}, {}
for _ = 1, tonumber(ARGV[7]) do
  local state, chunks, transient, subjects, due = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4]
  local subject, segments = ARGV[a], tonumber(ARGV[a + 1])
  k, a = k + 5, a + 2
  local head = redis.call('HMGET', state, 'last', 'time', 'first', 'messages', 'bytes')
  for index = 1, 5 do head[index] = tonumber(head[index] or '0') end
  local last, time, first, messages, bytes = unpack(head)
  local before = last
  local publish = math.max(earliest, time)
  for _ = 1, segments do
    local count, conditions = tonumber(ARGV[a]), ARGV[a + 1]
    a = a + 2
    local refusal, remember, fence
    if string.find(conditions, 'k', 1, true) then
      local digest, window, ttl = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2])
      local key = KEYS[k]
      k, a = k + 1, a + 3
      local used = redis.call('GET', key)
      if used then
        local id, at, expire, content = string.match(used, '^(%d+) (%d+) (%d+) (.*)$')
        if content == digest then refusal = 'd ' .. id .. ' ' .. at .. ' ' .. expire else refusal = 'k ' .. id end
      else
        remember = { key, digest, window, ttl }
      end
    end
    if string.find(conditions, 'f', 1, true) then
      local lock, token = ARGV[a], tonumber(ARGV[a + 1])
      a = a + 2
      local current = tonumber(redis.call('HGET', state, 'f:' .. lock) or '0')
      if not refusal and token < current then refusal = 's ' .. text(current) end
      if token > current then fence = { 'f:' .. lock, text(token) } end
    end
    if string.find(conditions, 'e', 1, true) then
      if not refusal and tonumber(ARGV[a]) ~= last then refusal = 'x ' .. text(last) end
      a = a + 1
    end
    local lasting = tonumber(ARGV[a])
    a = a + 1
    if refusal then
      a = a + 6 * lasting
      a = a + 1 + 2 * tonumber(ARGV[a])
      answers[#answers + 1] = refusal
    else
      for _ = 1, lasting do
        local id = text(last + 1 + ARGV[a + 1]) .. '-' .. text(publish)
        redis.call('XADD', chunks, id, 'c', ARGV[a + 5])
        if first == 0 then first = last + 1 + ARGV[a] end
        messages, bytes = messages + ARGV[a + 2], bytes + ARGV[a + 3]
        local ttl = tonumber(ARGV[a + 4])
        if ttl > 0 then redis.call('ZADD', due, text(publish + ttl), 'c ' .. ARGV[a + 2] .. ' ' .. id .. ' ' .. subject) end
        a = a + 6
      end
      local passing = tonumber(ARGV[a])
      a = a + 1
      if passing > 0 then
        local oldest = redis.call('XRANGE', transient, '-', '+', 'COUNT', passing + 2)
        for _, entry in ipairs(oldest) do
          if tonumber(string.match(entry[1], '-(%d+)$')) > now - ${TRANSIENT_LIFE_US} then break end
          redis.call('XDEL', transient, entry[1])
        end
        for _ = 1, passing do
          redis.call('XADD', transient, text(last + 1 + ARGV[a]) .. '-' .. text(publish), 'c', ARGV[a + 1])
          a = a + 2
        end
        redis.call('PEXPIRE', transient, ${TRANSIENT_LIFE_US / 1000})
      end
      if remember then
        local key, digest, window, ttl = unpack(remember)
        local expire = ttl > 0 and publish + ttl or 0
        local value = text(last + 1) .. ' ' .. text(publish) .. ' ' .. text(expire) .. ' ' .. digest
        redis.call('SET', key, value, 'PX', window)
      end
      if fence then redis.call('HSET', state, unpack(fence)) end
      answers[#answers + 1] = 'a ' .. text(last + 1) .. ' ' .. text(publish)
      last = last + count
    end
  end
  if last > before then
    redis.call('HSET', state, 'last', text(last), 'time', text(publish), 'first', text(first),
      'messages', text(messages), 'bytes', text(bytes))
    if before == 0 then redis.call('ZADD', subjects, 0, subject) end
    hints[#hints + 1] = text(last) .. ' ' .. #subject .. ' ' .. subject
  end
end
if #hints > 0 then publish('s' .. table.concat(hints)) end
return answerOnce(table.concat(answers, ' '))
`,
);
