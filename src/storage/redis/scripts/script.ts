import { createHash } from 'node:crypto';

/** A Lua script as Redis knows it. */
export interface Script {
  readonly source: string;
  /** SHA-1 of the source: what EVALSHA calls it by. */
  readonly sha: string;
}

/**
 * `writes` is refused as a whole when the memory that Redis may use is full, `frees` goes through then because it makes
 * room, `reads` changes nothing.
 */
export type ScriptKind = 'writes' | 'frees' | 'reads';

const FLAGS: Record<ScriptKind, string> = { writes: '', frees: ' flags=allow-oom', reads: ' flags=no-writes' };

/** What the life of a tag's keys is called when it is not the one that the broker knows. */
export const LIFE_CHANGED = 'WAYBILLLIFE';

/** Answered to a command that comes after a later one took its place: nobody waits for it any more. */
export const SUPERSEDED = 'WAYBILLSUPERSEDED';

/**
 * Every script begins by looking whether the data is still the data that the broker has opened (`KEYS[1]` and `ARGV[1]`)
 * and by asking for the time, in microseconds. Lua's numbers are exact up to 2^53; `text` writes them in full.
 */
const PRELUDE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('${LIFE_CHANGED} the data is not what was opened')
end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function text(number) return string.format('%.0f', number) end
`;

/** Where a chunk stands: an entry of a stream is called `<last id>-<publish time>`; the numbers are its header's. */
export const CHUNK_FUNCTIONS = `
local function place(entry)
  local last, time = string.match(entry[1], '^(%d+)-(%d+)$')
  return tonumber(last), tonumber(time)
end
local function firstIdOf(entry)
  return place(entry) - struct.unpack('<I4', entry[2][2], 41) % 2147483648 + 1
end
local function messagesOf(entry) return (struct.unpack('<I4', entry[2][2], 45)) end
local function bytesOf(entry) return (struct.unpack('<d', entry[2][2], 49)) end
`;

/** The head of a subject: `first` is 0 while it has no chunk. */
export const HEAD_FUNCTION = `
local function headOf(state)
  local fields = redis.call('HMGET', state, 'last', 'time', 'first', 'purged', 'messages', 'bytes')
  for index = 1, 6 do fields[index] = tonumber(fields[index] or '0') end
  local last, time, first, purged, messages, bytes = unpack(fields)
  if first == 0 then first = last + 1 end
  return last, time, math.max(first, purged), messages, bytes
end
`;

/**
 * Remembers what a writer's call has been answered, so that the same call sent again after a lost answer is not done
 * again: `KEYS[2]`, and slot and number of the call in `ARGV[2]` and `ARGV[3]`. The numbers of a slot only grow, so a
 * call that was delayed until its slot is in use again is known too. An hour outlasts every delay.
 */
export const ONCE_FUNCTIONS = `
local known = redis.call('HGET', KEYS[2], ARGV[2])
if known then
  local number, answer = string.match(known, '^(%d+) (.*)$')
  if number == ARGV[3] then return { now, answer } end
  if tonumber(number) > tonumber(ARGV[3]) then return redis.error_reply('${SUPERSEDED} a later call took its place') end
end
local function answerOnce(answer)
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3] .. ' ' .. answer)
  redis.call('PEXPIRE', KEYS[2], 3600000)
  return { now, answer }
end
`;

/**
 * Publishes hints (PUBLISH or SPUBLISH in `ARGV[4]`, channel in `ARGV[5]`) unless nobody else would hear them: `ARGV[6]` is
 * the writer's own listeners, and what it has written the writer knows.
 */
export const PUBLISH_FUNCTION = `
local function publish(message)
  local count = ARGV[4] == 'PUBLISH' and 'NUMSUB' or 'SHARDNUMSUB'
  if redis.call('PUBSUB', count, ARGV[5])[2] > tonumber(ARGV[6]) then redis.call(ARGV[4], ARGV[5], message) end
end
`;

export function script(kind: ScriptKind, ...parts: readonly string[]): Script {
  const source = `#!lua${FLAGS[kind]}\n${[PRELUDE, ...parts].join('')}`;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
