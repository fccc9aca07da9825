import type { Clock } from '../../core/clock.js';
import { isExpired, messageSize, NEVER_EXPIRES } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type { Chunk } from '../chunk.js';
import type {
  AppendItem,
  AppendResult,
  MessageLog,
  PurgeResult,
  ReadRange,
  ReadResult,
  SubjectHead,
  SubjectInfo,
} from '../storage.js';
import { Append } from './append.js';
import { ChunkReader } from './chunk-reader.js';
import type { Committed } from './committed.js';
import { expireStep } from './expiry.js';
import { afterPrefix, headKey, readKeyText } from './keys.js';
import { purge } from './purge.js';
import { decodeSubjectState } from './subject-state.js';
import type { SubjectState } from './subject-state.js';
import type { Writer } from './writer.js';

/** Chunks that one range of a read looks at before it answers, so that long expired stretches do not hold up others. */
const MAX_CHUNKS_PER_RANGE = 512;

/** Room that is left in the answer to a read. */
interface Room {
  bytes: number;
  /** Nothing was returned yet: the first message may be of any size. */
  empty: boolean;
}

export class EmbeddedLog implements MessageLog {
  readonly #committed: Committed;
  readonly #chunks: ChunkReader;
  readonly #writer: Writer;
  readonly #clock: Clock;

  constructor(committed: Committed, writer: Writer, clock: Clock) {
    this.#committed = committed;
    this.#chunks = new ChunkReader(committed.database);
    this.#writer = writer;
    this.#clock = clock;
  }

  async append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    this.#writer.assertUsable();
    if (items.length === 0) return [];
    let bytes = 0;
    for (const item of items) bytes += item.body.length;
    return this.#writer.run(bytes, (transaction) => new Append(transaction, this.#clock.nowUs()).run(items));
  }

  async get(subject: string, id: number): Promise<Message | undefined> {
    this.#writer.assertUsable();
    const state = this.#committed.subject(subject);
    if (state === undefined || id < state.firstId || id > state.lastId) return undefined;
    const message = this.#chunks.message(subject, state, id);
    return message === undefined || isExpired(message, this.#clock.nowUs()) ? undefined : message;
  }

  async read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    this.#writer.assertUsable();
    const room = { bytes: maxBytes, empty: true };
    const nowUs = this.#clock.nowUs();
    return ranges.map((range) => {
      const state = this.#committed.subject(range.subject);
      if (state === undefined) return { messages: [], nextId: range.backwards === true ? 0 : 1, firstId: 1, lastId: 0 };
      return range.backwards === true
        ? this.#readDown(range, state, nowUs, room)
        : this.#readUp(range, state, nowUs, room);
    });
  }

  #readUp(range: ReadRange, state: SubjectState, nowUs: number, room: Room): ReadResult {
    const { firstId, lastId } = state;
    const messages: Message[] = [];
    let nextId = Math.max(range.fromId, firstId);
    const upTo = (id: number): ReadResult => ({ messages, nextId: id, firstId, lastId });
    try {
      let looked = 0;
      for (const chunk of this.#chunks.upwards(range.subject, state, nextId)) {
        if (looked === MAX_CHUNKS_PER_RANGE) return upTo(nextId);
        looked += 1;
        nextId = hasExpired(chunk, nowUs) ? chunk.lastId + 1 : Math.max(nextId, chunk.firstId);
        for (; nextId <= chunk.lastId; nextId += 1) {
          if (!take(chunk, nextId, messages, nowUs, room)) return upTo(messages.length === 0 ? range.fromId : nextId);
          if (messages.length === range.maxMessages) return upTo(nextId + 1);
        }
      }
    } catch (error) {
      // What comes before the damage is answered first; the next read then begins with it and fails.
      if (messages.length === 0) throw error;
      return upTo(nextId);
    }
    return upTo(lastId + 1);
  }

  #readDown(range: ReadRange, state: SubjectState, nowUs: number, room: Room): ReadResult {
    const { firstId, lastId } = state;
    const messages: Message[] = [];
    let nextId = Math.min(range.fromId, lastId);
    const downTo = (id: number): ReadResult => ({ messages, nextId: id < firstId ? 0 : id, firstId, lastId });
    try {
      let looked = 0;
      for (const chunk of this.#chunks.downwards(range.subject, state, nextId)) {
        if (looked === MAX_CHUNKS_PER_RANGE) return downTo(nextId);
        looked += 1;
        const lowest = Math.max(chunk.firstId, firstId);
        nextId = hasExpired(chunk, nowUs) ? lowest - 1 : Math.min(nextId, chunk.lastId);
        for (; nextId >= lowest; nextId -= 1) {
          if (!take(chunk, nextId, messages, nowUs, room)) return downTo(messages.length === 0 ? range.fromId : nextId);
          if (messages.length === range.maxMessages) return downTo(nextId - 1);
        }
        if (nextId < firstId) break;
      }
    } catch (error) {
      if (messages.length === 0) throw error;
      return downTo(nextId);
    }
    return downTo(0);
  }

  async heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    this.#writer.assertUsable();
    return subjects.map((subject) => {
      const { lastId, lastPublishTimeUs, firstId } = this.#committed.subject(subject) ?? UNKNOWN_SUBJECT;
      return { lastId, lastPublishTimeUs, firstId };
    });
  }

  async subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]> {
    this.#writer.assertUsable();
    const found: SubjectInfo[] = [];
    const prefix = headKey(options.prefix);
    const after = headKey(options.after);
    const start = Buffer.compare(prefix, after) > 0 ? prefix : after;
    for (const { key, value } of this.#committed.database.entries({ start, end: afterPrefix(prefix) })) {
      if (found.length >= options.limit) break;
      const subject = readKeyText(key, 1);
      if (subject === options.after) continue;
      const { lastId, lastPublishTimeUs, firstId, messages, bytes } = decodeSubjectState(subject, value);
      found.push({ subject, lastId, lastPublishTimeUs, firstId, messages, bytes });
    }
    return found;
  }

  async idAtTime(subject: string, timeUs: number): Promise<number> {
    this.#writer.assertUsable();
    const state = this.#committed.subject(subject);
    if (state === undefined) return 1;
    if (timeUs > state.lastPublishTimeUs) return state.lastId + 1;
    return timeUs <= state.trimmedTimeUs ? 1 : this.#chunks.firstIdAt(subject, state, timeUs);
  }

  async settledTimeUs(): Promise<number> {
    this.#writer.assertUsable();
    return this.#committed.state.lastPublishTimeUs;
  }

  async purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    this.#writer.assertUsable();
    return this.#writer.runAlone((transaction) => purge(transaction, this.#committed.database, subject, options));
  }

  async expire(): Promise<boolean> {
    this.#writer.assertUsable();
    return this.#writer.runAlone((transaction) =>
      expireStep(transaction, this.#committed.database, this.#clock.nowUs()),
    );
  }
}

const UNKNOWN_SUBJECT: SubjectHead = { lastId: 0, lastPublishTimeUs: 0, firstId: 1 };

function hasExpired(chunk: Chunk, nowUs: number): boolean {
  return chunk.expireTimeUs !== NEVER_EXPIRES && chunk.expireTimeUs <= nowUs;
}

/** Adds the message to the answer if it exists; false when there is no room for it. */
function take(chunk: Chunk, id: number, messages: Message[], nowUs: number, room: Room): boolean {
  const message = chunk.message(id);
  if (message === undefined || isExpired(message, nowUs)) return true;
  const size = message.headers.length === 0 ? message.body.length : messageSize(message);
  if (!room.empty && size > room.bytes) return false;
  room.empty = false;
  room.bytes -= size;
  messages.push(message);
  return true;
}
