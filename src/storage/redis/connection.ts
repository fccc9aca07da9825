import type { Clock } from '../../core/clock.js';
import type { BrokerError } from '../../core/errors.js';
import { Backoff } from '../../core/backoff.js';
import { isReply, redisError, unavailable, withUnknownOutcome } from './errors.js';
import { connect } from './client.js';
import type { RedisClient, RedisServers } from './client.js';
import type { RedisConfig } from '../storage-config.js';
import type { Argument, Reply } from './reply.js';
import type { Script } from './scripts/script.js';

/** Between two attempts of one operation. */
const RETRIES = { firstMs: 5, maxMs: 250 };

/** When nothing was heard for this part of an operation's time, the driver asks for a sign of life. */
const PATIENCE_PART = 0.1;

export interface ConnectionOptions {
  readonly config: RedisConfig;
  readonly clock: Clock;
  /** Something is wrong: the connection broke, could not be made, or nothing is heard. Not called for answers. */
  readonly onTrouble: () => void;
}

interface Limits {
  /** Monotonic. */
  readonly deadlineMs: number;
  /** Longest time without any answer. */
  readonly silenceMs?: number;
}

/**
 * The way to Redis. A connection that breaks or does not answer in time is thrown away and a new one is made by whoever
 * needs it next; scripts can be sent again on it, because each is harmless or knows that it was sent before.
 */
export class RedisConnection {
  readonly #options: ConnectionOptions;
  #connecting: Promise<RedisClient> | undefined;
  #client: RedisClient | undefined;
  #servers: RedisServers = [];
  /** When the last answer came. While answers come the server lives, however long its queue is. */
  #heardMs = 0;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Runs a script where its first key is, again after a lost connection as long as there is time.
   *
   * @param options `silenceMs`: give up when nothing at all is heard for so long, and do not try again
   * @throws BrokerError STORAGE_UNAVAILABLE, with `fields.outcome` `unknown` when it may have been run
   * @throws ErrorReply what the script or the server has answered
   */
  async run(
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
    { silenceMs }: { readonly silenceMs?: number } = {},
  ): Promise<Reply> {
    const { clock, config } = this.#options;
    const deadlineMs = clock.monotonicMs() + config.timeoutMs;
    const limits = { deadlineMs, ...(silenceMs === undefined ? {} : { silenceMs }) };
    const backoff = new Backoff(RETRIES);
    const rest = [String(keys.length), ...keys, ...args];
    const command = ['EVALSHA', script.sha, ...rest];
    let lost: BrokerError | undefined;
    for (;;) {
      let sent = false;
      try {
        const client = await this.#connected(limits);
        sent = true;
        return await this.#answer(client, limits, async () => {
          try {
            return await client.send(keys[0] as string, command);
          } catch (error) {
            if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error;
            return client.send(keys[0] as string, ['EVAL', script.source, ...rest]);
          }
        });
      } catch (error) {
        const translated = redisError(error);
        if (isReply(error)) throw lost === undefined ? error : withUnknownOutcome(translated);
        if (sent) lost ??= translated;
        const delayMs = backoff.nextMs();
        if (
          this.#closed ||
          silenceMs !== undefined ||
          translated.reason !== 'STORAGE_UNAVAILABLE' ||
          clock.monotonicMs() + delayMs >= deadlineMs
        ) {
          throw lost === undefined ? translated : withUnknownOutcome(lost);
        }
        await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      }
    }
  }

  /** Asks every master, once. @throws BrokerError */
  async ask(args: readonly Argument[]): Promise<readonly Reply[]> {
    const deadlineMs = this.#options.clock.monotonicMs() + this.#options.config.timeoutMs;
    const client = await this.#connected({ deadlineMs });
    return this.#answer(client, { deadlineMs }, () => client.sendToMasters(args));
  }

  /** Sends one command where its key is, once. @throws BrokerError */
  async send(key: string, args: readonly Argument[]): Promise<Reply> {
    const deadlineMs = this.#options.clock.monotonicMs() + this.#options.config.timeoutMs;
    const client = await this.#connected({ deadlineMs });
    return this.#answer(client, { deadlineMs }, () => client.send(key, args));
  }

  close(): void {
    this.#closed = true;
    this.#connecting = undefined;
    if (this.#client !== undefined) this.#discard(this.#client);
  }

  async #connected(limits: Limits): Promise<RedisClient> {
    if (this.#closed) throw unavailable('the storage is closed');
    if (this.#client !== undefined) return this.#client;
    this.#connecting ??= this.#connect();
    return this.#inTime(this.#connecting, limits);
  }

  async #connect(): Promise<RedisClient> {
    const { config, clock, onTrouble } = this.#options;
    let opened: RedisClient | undefined;
    let abandoned = false;
    const opening = connect(config, this.#servers, () => {
      if (opened !== undefined) this.#discard(opened);
      abandoned = true;
      onTrouble();
    });
    opening.then(
      (client) => {
        if (abandoned || this.#closed) client.destroy();
      },
      () => undefined,
    );
    try {
      // A server that is frozen takes the connection and never says a word.
      opened = await this.#inTime(opening, { deadlineMs: clock.monotonicMs() + config.timeoutMs }, () => {
        abandoned = true;
      });
      if (abandoned || this.#closed) throw unavailable('the connection was lost at once');
      this.#client = opened;
      this.#heardMs = clock.monotonicMs();
      if (opened.servers().length > 0) this.#servers = opened.servers();
      return opened;
    } catch (error) {
      onTrouble();
      throw error;
    } finally {
      this.#connecting = undefined;
    }
  }

  /**
   * Waits for an answer until the time is up, and then throws the connection away with whatever else is under way. A
   * single server answers in the order of what it was asked, so while others are answered this one only has to wait.
   */
  async #answer<T>(client: RedisClient, limits: Limits, ask: () => Promise<T>): Promise<T> {
    const { clock, config, onTrouble } = this.#options;
    const leftMs = limits.deadlineMs - clock.monotonicMs();
    const waiting = config.cluster
      ? limits
      : { deadlineMs: Infinity, silenceMs: Math.min(leftMs, limits.silenceMs ?? Infinity) };
    let late = false;
    const onLate = (): void => {
      late = true;
      // A short silence does not prove that the connection is dead; whatever else is under way may still be answered.
      if (clock.monotonicMs() - this.#heardMs >= config.timeoutMs || limits.silenceMs === undefined) {
        this.#discard(client);
      }
    };
    const cancel = this.#whenSilent(config.timeoutMs * PATIENCE_PART, onTrouble);
    try {
      const answer = await this.#inTime(ask(), waiting, onLate);
      this.#heardMs = clock.monotonicMs();
      return answer;
    } catch (error) {
      if (isReply(error)) this.#heardMs = clock.monotonicMs();
      else if (!late) this.#discard(client);
      throw error;
    } finally {
      cancel();
    }
  }

  async #inTime<T>(promise: Promise<T>, { deadlineMs, silenceMs }: Limits, onLate?: () => void): Promise<T> {
    const { clock } = this.#options;
    let cancel = (): void => undefined;
    let cancelSilence = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      const giveUp = (): void => {
        reject(unavailable('redis did not answer in time'));
        onLate?.();
      };
      // The answer may be waiting to be read if this process was too busy to read it.
      if (deadlineMs < Infinity) {
        cancel = clock.after(deadlineMs - clock.monotonicMs(), () => clock.soon(giveUp));
      }
      if (silenceMs !== undefined) cancelSilence = this.#whenSilent(silenceMs, giveUp);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      cancel();
      cancelSilence();
    }
  }

  /** Calls back once nothing was heard for so long, counted from now; until the returned function is called. */
  #whenSilent(silentMs: number, callback: () => void): () => void {
    const { clock } = this.#options;
    const fromMs = clock.monotonicMs();
    let cancelled = false;
    let cancel = (): void => undefined;
    const look = (): void => {
      const leftMs = Math.max(fromMs, this.#heardMs) + silentMs - clock.monotonicMs();
      if (leftMs > 0) {
        cancel = clock.after(leftMs, () => clock.soon(() => (cancelled ? undefined : look())));
      } else {
        callback();
      }
    };
    look();
    return () => {
      cancelled = true;
      cancel();
    };
  }

  #discard(client: RedisClient): void {
    if (this.#client === client) this.#client = undefined;
    client.destroy();
  }
}
