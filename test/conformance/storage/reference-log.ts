import { isExpired, NEVER_EXPIRES } from '../../../src/core/message.js';
import type { AppendItem, AppendResult } from '../../../src/storage/storage.js';

export interface ReferenceMessage {
  readonly id: number;
  readonly text: string;
  readonly expireTimeUs: number;
}

/** What the model test compares a storage with: one subject, as plainly as it can be said. */
export class ReferenceSubject {
  lastId = 0;
  #messages: ReferenceMessage[] = [];
  #fence = 0;

  /** What must become of an item; `actual` contributes the times, which are the storage's own. */
  append(item: AppendItem, actual: AppendResult): string {
    if (item.fence !== undefined && item.fence.token < this.#fence) return 'FENCE_STALE';
    if (item.expectedLastId !== undefined && item.expectedLastId !== this.lastId) return 'EXPECTED_ID_MISMATCH';
    this.#fence = item.fence?.token ?? this.#fence;
    this.lastId += 1;
    if (item.transient !== true && !(actual instanceof Error)) {
      const { publishTimeUs } = actual;
      const expireTimeUs = item.ttlUs === NEVER_EXPIRES ? NEVER_EXPIRES : publishTimeUs + item.ttlUs;
      this.#messages.push({ id: this.lastId, text: Buffer.from(item.body).toString(), expireTimeUs });
    }
    return String(this.lastId);
  }

  purge(beforeId: number): void {
    this.#messages = this.#messages.filter(({ id }) => id >= beforeId);
  }

  existing(nowUs: number): readonly ReferenceMessage[] {
    return this.#messages.filter((message) => !isExpired(message, nowUs));
  }
}
