import { isExpired } from '../../core/message.js';
import type { Message } from '../../core/message.js';
import type { ReadRange, ReadResult } from '../storage.js';
import type { BucketDirectory } from './bucket-directory.js';
import type { MessageReader } from './message-reader.js';
import { DownwardWalk } from './downward-walk.js';
import { Room } from './room.js';
import type { Session } from './session.js';
import { livingTotals } from './subject-state.js';
import type { KnownState, SubjectStates } from './subject-states.js';
import { UpwardWalk } from './upward-walk.js';

/** Ranges that are read at once; each may hold an answer's worth of bytes meanwhile. */
const CONCURRENT_RANGES = 8;

export interface RangeReaderParts {
  readonly session: Session;
  readonly states: SubjectStates;
  readonly directory: BucketDirectory;
  readonly reader: MessageReader;
}

/**
 * Reads messages by id. A state that a quorum shows may be that of a batch whose rows another quorum does not show yet; so
 * ids above what is known to be settled count only when their rows were there, or after a settled read (README.md).
 */
export class RangeReader {
  readonly #parts: RangeReaderParts;

  constructor(parts: RangeReaderParts) {
    this.#parts = parts;
  }

  async read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    const { states } = this.#parts;
    const room = new Room(maxBytes);
    const seen = await Promise.all(ranges.map(({ subject }) => states.seen(subject)));
    const results: ReadResult[] = [];
    for (let from = 0; from < ranges.length; from += CONCURRENT_RANGES) {
      const wave = ranges.slice(from, from + CONCURRENT_RANGES);
      const answers = await Promise.all(
        wave.map((range, index) => this.#range(range, seen[from + index], room.full ? 0 : room.bytes)),
      );
      for (const [index, answer] of answers.entries()) results.push(room.cut(wave[index] as ReadRange, answer));
    }
    return results;
  }

  async get(subject: string, id: number): Promise<Message | undefined> {
    const { states, reader, session } = this.#parts;
    const bucket = states.bucketHint(subject);
    const found = await reader.at(subject, bucket, id);
    if (found !== undefined && !found.known.state.sealed && found.chunk.firstId <= id) {
      if (id < found.known.state.purgedBelow) return undefined;
      const message = reader.open(subject, found.chunk).message(id);
      if (message !== undefined) return isExpired(message, session.nowUs()) ? undefined : message;
    }
    const known = await states.seen(subject);
    if (known === undefined || id > known.state.lastId || id < known.state.purgedBelow) return undefined;
    const range = { subject, fromId: id, maxMessages: 1 };
    const { messages } = await this.#range(range, known, 0);
    return messages[0]?.id === id ? messages[0] : undefined;
  }

  async #range(range: ReadRange, known: KnownState | undefined, maxBytes: number): Promise<ReadResult> {
    const backwards = range.backwards === true;
    if (known === undefined) return { messages: [], nextId: backwards ? 0 : 1, firstId: 1, lastId: 0 };
    return backwards ? this.#down(range, known, maxBytes) : this.#up(range, known, maxBytes);
  }

  async #up(range: ReadRange, seen: KnownState, maxBytes: number): Promise<ReadResult> {
    const { subject } = range;
    const { session, states, directory, reader } = this.#parts;
    const nowUs = session.nowUs();
    let known = seen;
    let settled = seen.state.lastId <= states.settledId(subject);
    for (;;) {
      const { lastId, purgedBelow, batchFirstId, batchChunks } = known.state;
      const { firstId } = livingTotals(known.state, nowUs);
      const fromId = Math.max(range.fromId, range.transient === true ? purgedBelow : firstId);
      if (fromId > lastId) return { messages: [], nextId: lastId + 1, firstId, lastId };
      // A reader that begins inside the last batch cannot tell whether it sees all of it.
      if (settled || fromId <= batchFirstId) {
        const walk = new UpwardWalk(range, { known, fromId, nowUs }, new Room(maxBytes));
        await walk.run(directory, reader);
        if (settled || !walk.atEnd || walk.batchChunks === batchChunks) {
          if (walk.atEnd) states.settle(subject, known);
          return { messages: walk.messages, nextId: walk.nextId, firstId, lastId };
        }
      }
      known = (await states.settled(subject)) ?? known;
      settled = true;
    }
  }

  async #down(range: ReadRange, seen: KnownState, maxBytes: number): Promise<ReadResult> {
    const { session, states, directory, reader } = this.#parts;
    const { subject } = range;
    const nowUs = session.nowUs();
    const known = seen.state.lastId <= states.settledId(subject) ? seen : ((await states.settled(subject)) ?? seen);
    const { lastId } = known.state;
    const { firstId } = livingTotals(known.state, nowUs);
    const walk = new DownwardWalk(range, { firstId, lastId, nowUs }, new Room(maxBytes));
    const { bucket, state } = known;
    const buckets = firstId >= state.bucketFirstId ? [] : await directory.upTo(subject, bucket - 1);
    const all = [...buckets, { number: bucket, firstId: state.bucketFirstId }].toReversed();
    for (const each of all) {
      if (walk.nextId < each.firstId) continue;
      if (!(await walk.bucket(each.number, reader))) break;
      if (each.firstId <= firstId) break;
    }
    return { messages: walk.messages, nextId: walk.finished(), firstId, lastId };
  }
}
