import type { BucketDirectory } from './bucket-directory.js';
import type { MessageReader } from './message-reader.js';
import type { SubjectStates } from './subject-states.js';

/** Finds ids by publish time, which never decreases with the id. */
export class TimeSearch {
  readonly #states: SubjectStates;
  readonly #directory: BucketDirectory;
  readonly #reader: MessageReader;

  constructor(states: SubjectStates, directory: BucketDirectory, reader: MessageReader) {
    this.#states = states;
    this.#directory = directory;
    this.#reader = reader;
  }

  /**
   * Every stored message from the answered id on was published at `timeUs` or later, every one below it earlier. Where ids
   * have no message any more it is the smallest that may have had such a time.
   */
  async idAtTime(subject: string, timeUs: number): Promise<number> {
    const known = await this.#states.settled(subject);
    if (known === undefined) return 1;
    const { lastId, lastPublishTimeUs } = known.state;
    if (timeUs > lastPublishTimeUs) return lastId + 1;
    const buckets = await this.#directory.upTo(subject, known.bucket);
    const last = buckets.findLastIndex(({ fromTimeUs }) => fromTimeUs < timeUs);
    // The first bucket in question may have nothing left; what was earlier is then in the ones before it.
    for (let index = Math.max(0, last); index >= 0; index -= 1) {
      const bucket = buckets[index];
      if (bucket === undefined) break;
      const endId = (buckets[index + 1]?.firstId ?? lastId + 1) - 1;
      const before = await this.#lastBefore(subject, bucket.number, { fromId: bucket.firstId, endId }, timeUs);
      if (before !== undefined) return before + 1;
    }
    return 1;
  }

  /** The last id of the last chunk in a bucket that was published before `timeUs`. */
  async #lastBefore(
    subject: string,
    bucket: number,
    { fromId, endId }: { readonly fromId: number; readonly endId: number },
    timeUs: number,
  ): Promise<number | undefined> {
    let found: number | undefined;
    // Chunks that end at `low - 1` or below are earlier, what ends above `high` is not.
    let low = fromId;
    let high = endId;
    while (low <= high) {
      const middle = low + Math.floor((high - low) / 2);
      const chunk = await this.#reader.timeAt(subject, bucket, middle);
      if (chunk === undefined || chunk.lastId < low) {
        low = middle + 1;
      } else if (chunk.publishTimeUs < timeUs) {
        found = chunk.lastId;
        low = middle + 1;
      } else {
        high = chunk.lastId - 1;
      }
    }
    return found;
  }
}
