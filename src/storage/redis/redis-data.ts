import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { StorageClock } from '../storage-clock.js';
import type { RedisConnection } from './connection.js';
import { TAGS, tagOf } from './keys.js';
import type { RedisKeys } from './keys.js';
import { bytesOf, listOf, numberOf } from './reply.js';
import type { Argument, Reply } from './reply.js';
import { HEADS, SETTLE } from './scripts/reading.js';
import type { Script } from './scripts/script.js';

/** The call of a writer in one place; numbers of a slot grow from call to call. */
interface Slot {
  readonly index: number;
}

/**
 * The data as the driver sees it: *places*, in each of which a script may touch every key. A cluster has one per tag; a
 * single server is one place, so that a flush is one call however many subjects it has.
 */
export class RedisData {
  readonly keys: RedisKeys;
  /** The places, each by one of its tags. */
  readonly places: readonly number[];
  readonly #connection: RedisConnection;
  readonly #lives: readonly string[];
  readonly #clock: Clock;
  readonly #storageClock: StorageClock;
  readonly #isListening: () => boolean;
  readonly #writer = randomUUID();
  readonly #free = new Map<number, Slot[]>();
  readonly #slots = new Map<number, number>();
  #number = 0;

  constructor(parts: {
    readonly connection: RedisConnection;
    readonly keys: RedisKeys;
    readonly cluster: boolean;
    /** What the life of each tag is called. */
    readonly lives: readonly string[];
    readonly clock: Clock;
    readonly storageClock: StorageClock;
    /** Whether this process hears hints at the moment. */
    readonly isListening: () => boolean;
  }) {
    this.keys = parts.keys;
    this.#isListening = parts.isListening;
    this.places = parts.cluster ? Array.from({ length: TAGS }, (_, tag) => tag) : [0];
    this.#connection = parts.connection;
    this.#lives = parts.lives;
    this.#clock = parts.clock;
    this.#storageClock = parts.storageClock;
  }

  /** How scripts publish hints: command, channel, and how many listeners are this process's own. */
  publishing(place: number): readonly string[] {
    // Within a cluster only those hear who listen at the slot's server.
    const command = this.places.length === 1 ? 'PUBLISH' : 'SPUBLISH';
    return [command, this.keys.hints(place), this.#isListening() ? '1' : '0'];
  }

  /** The place of a tag, a subject or a partition. */
  placeOf(tag: number): number {
    return this.places.length === 1 ? 0 : tag;
  }

  /** The tags at a place. */
  tagsOf(place: number): readonly number[] {
    return this.places.length === 1 ? Array.from({ length: TAGS }, (_, tag) => tag) : [place];
  }

  /** Groups what belongs to subjects by their places. */
  byPlace<T>(elements: readonly T[], subjectOf: (element: T) => string): ReadonlyMap<number, readonly T[]> {
    if (this.places.length === 1) return elements.length === 0 ? new Map() : new Map([[0, elements]]);
    const groups = new Map<number, T[]>();
    for (const element of elements) {
      const place = tagOf(subjectOf(element));
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [element]);
      else group.push(element);
    }
    return groups;
  }

  /**
   * Runs a script that may be run twice and answers what it says behind the time.
   *
   * @throws BrokerError STORAGE_UNAVAILABLE
   * @throws ErrorReply
   */
  async run(
    script: Script,
    place: number,
    keys: readonly string[],
    args: readonly Argument[],
    options: { readonly silenceMs?: number } = {},
  ): Promise<{ readonly nowUs: number; readonly answer: readonly Reply[] }> {
    const askedMs = this.#clock.monotonicMs();
    const life = this.#lives[place] as string;
    const reply = await this.#connection.run(script, [this.keys.life(place), ...keys], [life, ...args], options);
    const [now, ...answer] = listOf(reply);
    const nowUs = numberOf(now);
    this.#storageClock.learn(askedMs, nowUs);
    return { nowUs, answer };
  }

  /** A time that no later append has. Writes, so it also shows that the servers are no replicas. */
  async settle(options: { readonly silenceMs?: number } = {}): Promise<number> {
    const answers = await this.#runEverywhere(SETTLE, (place) => [this.keys.settled(place)], options);
    return Math.min(...answers.map((answer) => numberOf(answer[0])));
  }

  /** Looks whether the data can be read and is what was opened. */
  async look(options: { readonly silenceMs?: number } = {}): Promise<void> {
    await this.#runEverywhere(HEADS, () => [], options);
  }

  /** Runs a script that must be run once, however often it is sent, and answers its words. */
  async runOnce(
    script: Script,
    place: number,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<readonly string[]> {
    const slot = this.#takeSlot(place);
    this.#number += 1;
    try {
      const { answer } = await this.run(
        script,
        place,
        [this.keys.sent(place, this.#writer), ...keys],
        [String(slot.index), String(this.#number), ...args],
      );
      return bytesOf(answer[0]).toString().split(' ');
    } finally {
      this.#free.get(place)?.push(slot);
    }
  }

  #runEverywhere(
    script: Script,
    keysOf: (place: number) => readonly string[],
    options: { readonly silenceMs?: number },
  ): Promise<readonly (readonly Reply[])[]> {
    return Promise.all(
      this.places.map(async (place) => (await this.run(script, place, keysOf(place), [], options)).answer),
    );
  }

  #takeSlot(place: number): Slot {
    const free = this.#free.get(place);
    const slot = free?.pop();
    if (slot !== undefined) return slot;
    if (free === undefined) this.#free.set(place, []);
    const index = this.#slots.get(place) ?? 0;
    this.#slots.set(place, index + 1);
    return { index };
  }
}
