import { CHUNK_FUNCTIONS, HEAD_FUNCTION, script } from './script.js';

/**
 * The chunks that ranges of messages are in. What has expired as a whole is left out; the caller looks at each message.
 *
 *     KEYS  life, then per range: state, chunks, transient chunks
 *     ARGV  life, most bytes of the whole answer, then per range: id to begin with, `u` up, `d` down or `t` up with
 *           transient messages, most messages
 *
 * Answers the time, then per range: last id, first id, the ids up to which (or down to which) chunks and transient chunks
 * were looked at, and both as lists of name, value, name, value …
 */
export const READ = script(
  'reads',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  `
local room = tonumber(ARGV[2])
local function collect(found, command, key, from, to, edge, after, most)
  local size, messages, entries = 1, 0, 0
  while true do
    local got = redis.call(command, key, from, to, 'COUNT', size)
    for _, entry in ipairs(got) do
      local last, time = place(entry)
      local ttl = struct.unpack('<d', entry[2][2], 33)
      if ttl == 0 or time + ttl > now then
        local all = messagesOf(entry)
        local usable = math.min(all, after(last, entry))
        messages = messages + usable
        if all > 0 then room = room - bytesOf(entry) * usable / all end
        found[#found + 1] = entry[1]
        found[#found + 1] = entry[2][2]
      end
      from = '(' .. entry[1]
    end
    entries = entries + #got
    if #got < size then return nil end
    if messages >= most or room <= 0 or entries >= 1024 then return edge(got[#got]) end
    size = math.min(size * 2, 64)
  end
end
local function rest(id) return id end
local answer = { now }
for range = 0, (#ARGV - 2) / 3 - 1 do
  local state, chunks, transient = KEYS[2 + range * 3], KEYS[3 + range * 3], KEYS[4 + range * 3]
  local from, way, most = tonumber(ARGV[3 + range * 3]), ARGV[4 + range * 3], tonumber(ARGV[5 + range * 3])
  local last, _, first = headOf(state)
  local found, passing, reached, reachedPassing = {}, {}, nil, nil
  if way == 'd' then
    from = math.min(from, last)
    if from >= first then
      local at = redis.call('XRANGE', chunks, text(from), '+', 'COUNT', 1)[1]
      local used = 0
      if at and firstIdOf(at) <= from then
        found = { at[1], at[2][2] }
        used = math.min(messagesOf(at), from - firstIdOf(at) + 1)
        if used > 0 then room = room - bytesOf(at) * used / messagesOf(at) end
      end
      if #found > 0 and (used >= most or room <= 0) then
        reached = firstIdOf(at)
      else
        reached = collect(found, 'XREVRANGE', chunks, '(' .. text(from) .. '-0', text(first), firstIdOf, rest, most - used)
      end
    end
    reached = reached or 0
  else
    local low = math.max(from, first)
    if low <= last then
      if room > 0 or range == 0 then
        local function after(id) return id - low + 1 end
        reached = collect(found, 'XRANGE', chunks, text(low), '+', place, after, most)
      else
        reached = from - 1
      end
    end
    if way == 't' and from <= last then
      local function after(id) return id - from + 1 end
      reachedPassing = collect(passing, 'XRANGE', transient, text(from), '+', place, after, most)
    end
  end
  reached, reachedPassing = reached or last, reachedPassing or last
  answer[#answer + 1] = { last, first, reached, reachedPassing, found, passing }
end
return answer
`,
);

/**
 * One message, without the rest of its chunk: KEYS life, state, chunks; ARGV life, id. Answers the time, and if there is
 * such a message: the chunk's name, its header and table, where in the chunk the message's bytes are, and these.
 */
export const GET = script(
  'reads',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  `
local id = tonumber(ARGV[2])
local last, _, first = headOf(KEYS[2])
if id < first or id > last then return { now } end
local entry = redis.call('XRANGE', KEYS[3], ARGV[2], '+', 'COUNT', 1)[1]
if not entry or firstIdOf(entry) > id then return { now } end
local value = entry[2][2]
local index = id - firstIdOf(entry)
local count = struct.unpack('<I4', value, 41)
local ids = count % 2147483648
local start = 56 + ids * 12
if count >= 2147483648 then start = start + ids * 8 end
local from = index == 0 and 0 or (struct.unpack('<I4', value, 45 + index * 12))
local to = struct.unpack('<I4', value, 57 + index * 12)
return { now, entry[1], string.sub(value, 1, start), start + from, string.sub(value, start + from + 1, start + to) }
`,
);

/** Heads: KEYS life, states; ARGV life. Answers the time, then per subject last id, its time, first id, messages, bytes. */
export const HEADS = script(
  'reads',
  HEAD_FUNCTION,
  `
local answer = { now }
for index = 2, #KEYS do answer[index] = { headOf(KEYS[index]) } end
return answer
`,
);

/** Names: KEYS life, subjects; ARGV life, then per key the least and the greatest name as ZRANGEBYLEX wants them, limit. */
export const NAMES = script(
  'reads',
  `
local answer = { now }
for index = 2, #KEYS do
  local a = 2 + (index - 2) * 3
  answer[index] = redis.call('ZRANGEBYLEX', KEYS[index], ARGV[a], ARGV[a + 1], 'LIMIT', 0, ARGV[a + 2])
end
return answer
`,
);

/** The smallest id published at a time or later: KEYS life, state, chunks; ARGV life, time. */
export const ID_AT_TIME = script(
  'reads',
  CHUNK_FUNCTIONS,
  HEAD_FUNCTION,
  `
local wanted = tonumber(ARGV[2])
local last, time = headOf(KEYS[2])
if last == 0 then return { now, 1 } end
if wanted > time then return { now, last + 1 } end
local low, high = 1, last
while low < high do
  local middle = math.floor((low + high) / 2)
  local entry = redis.call('XRANGE', KEYS[3], text(middle), '+', 'COUNT', 1)[1]
  local reached, at = 0, wanted
  if entry then reached, at = place(entry) end
  if at < wanted then low = reached + 1 else high = middle end
end
return { now, low }
`,
);

/**
 * A time that no later append has: KEYS life, then the settled times of the tags; ARGV life. Remembers it where appends
 * see it, because the machine's clock may be set back.
 */
export const SETTLE = script(
  'frees',
  `
local settled = now - 1
for index = 2, #KEYS do settled = math.max(settled, tonumber(redis.call('GET', KEYS[index]) or '0')) end
for index = 2, #KEYS do redis.call('SET', KEYS[index], text(settled)) end
return { now, settled }
`,
);
