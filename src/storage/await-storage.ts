import type { Clock } from '../core/clock.js';
import { BrokerError, toBrokerError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { Backoff } from '../core/backoff.js';
import type { Storage } from './storage.js';

/** Between two tries to reach a storage that is not there yet. */
const TRIES = { firstMs: 100, maxMs: 5_000 };

/** A storage that stays away is told of again after so long. */
const REMIND_MS = 10_000;

export interface AwaitStorageOptions {
  /** Opens the storage; leaves nothing open when it rejects. */
  readonly open: () => Promise<Storage>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly signal: AbortSignal | undefined;
  /** Told of each try that could not reach it. */
  readonly onUnreachable: (error: BrokerError) => void;
}

/**
 * Opens a storage on the network, again and again while it cannot be reached: it may start later than the broker.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED and whatever else trying again does not help against; CANCELLED when
 *   `signal` says so
 */
export async function awaitStorage(options: AwaitStorageOptions): Promise<Storage> {
  const { clock, logger, signal, onUnreachable } = options;
  const tries = new Backoff(TRIES);
  let toldMs: number | undefined;
  for (;;) {
    try {
      const storage = await openUnlessAborted(options);
      if (toldMs !== undefined) logger.info({}, 'the storage can be reached');
      return storage;
    } catch (error) {
      const failure = toBrokerError(error);
      if (failure.reason !== 'STORAGE_UNAVAILABLE') throw error;
      onUnreachable(failure);
      const nowMs = clock.monotonicMs();
      if (toldMs === undefined || nowMs - toldMs >= REMIND_MS) {
        logger.warn({ err: error }, 'the storage cannot be reached and is tried again');
        toldMs = nowMs;
      }
    }
    await pause(clock, tries.nextMs(), signal);
  }
}

function openUnlessAborted({ open, signal }: AwaitStorageOptions): Promise<Storage> {
  if (signal === undefined) return open();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(stopped());
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    open()
      .then(
        (storage) => {
          if (signal.aborted) void storage.close();
          else resolve(storage);
        },
        (error: unknown) => reject(toBrokerError(error)),
      )
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(stopped());
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function stopped(): BrokerError {
  return new BrokerError('CANCELLED', 'stopped before the storage could be reached');
}
