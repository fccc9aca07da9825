/** Messages that were published so long ago are not fetched: they may expire on the way. */
const FRESH_MS = 5000;
const CAPACITY = 4096;

export interface StoredMessage {
  readonly subject: string;
  readonly id: number;
}

/** What was published last, to fetch from. */
export class RecentMessages {
  readonly #ring: (StoredMessage & { readonly atMs: number })[] = [];
  #added = 0;

  add(subject: string, id: number, nowMs: number): void {
    this.#ring[this.#added++ % CAPACITY] = { subject, id, atMs: nowMs };
  }

  /** One of them at random; undefined when the one chosen is too old, or there is none. */
  pick(nowMs: number, random: () => number = Math.random): StoredMessage | undefined {
    const message = this.#ring[Math.floor(random() * this.#ring.length)];
    return message !== undefined && nowMs - message.atMs < FRESH_MS ? message : undefined;
  }
}
