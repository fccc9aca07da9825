import { exponentialBuckets } from 'prom-client';

/**
 * Upper bounds in seconds of everything that takes time: 50 µs to 1.6 s in doubling steps and then 5 and 15 s. Storages
 * commit in 0.1 ms (memory) to tens of ms, and a bucket must not hold both.
 */
export const SECONDS_BUCKETS: number[] = [...exponentialBuckets(0.00005, 2, 16), 5, 15];

/** Messages of one flush, up to the largest batch. */
export const MESSAGES_BUCKETS: number[] = exponentialBuckets(1, 2, 13);

/** Bytes of one flush: 64 B to 4 MiB and the 16 MiB that only a configured larger batch reaches. */
export const BYTES_BUCKETS: number[] = exponentialBuckets(64, 4, 10);
