import { type BucketRate, TokenBucket } from './token-bucket.js';

/** Clients that are remembered at a time: about 15 MB. */
const MAX_CLIENTS = 65_536;

/** Least time between two looks for buckets that can be forgotten. */
const SWEEP_MS = 10_000;

/**
 * A bucket for each client. One that is full again is forgotten; when there are too many clients all the same, the one
 * that has been known longest is.
 */
export class BucketTable {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #maxClients: number;
  #sweptMs = 0;

  constructor(maxClients = MAX_CLIENTS) {
    this.#maxClients = maxClients;
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket of this client, filled. */
  of(client: string, rate: BucketRate, nowMs: number): TokenBucket {
    const known = this.#buckets.get(client);
    if (known !== undefined) {
      known.fill(rate, nowMs);
      return known;
    }
    this.#makeRoom(nowMs);
    const bucket = new TokenBucket(rate, nowMs);
    this.#buckets.set(client, bucket);
    return bucket;
  }

  #makeRoom(nowMs: number): void {
    if (nowMs - this.#sweptMs >= SWEEP_MS) {
      this.#sweptMs = nowMs;
      for (const [client, bucket] of this.#buckets) if (bucket.isFullAt(nowMs)) this.#buckets.delete(client);
    }
    if (this.#buckets.size < this.#maxClients) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
