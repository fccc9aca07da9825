import type { Message } from '../../core/message.js';
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
import type { Availability } from '../availability.js';
import { append } from './append.js';
import type { OnAppended } from './append.js';
import { expireStep } from './expiry.js';
import { tagOf } from './keys.js';
import { purge } from './purge.js';
import { messageOf, RangeReader, ReadRoom } from './range-reader.js';
import type { RedisData } from './redis-data.js';
import { numberOf } from './reply.js';
import { GET, HEADS, ID_AT_TIME, READ } from './scripts/reading.js';
import { headOf, listSubjects } from './subject-list.js';

/** Most ranges or heads that one call asks for, so that it stays short. */
const MAX_PER_CALL = 256;

/** The log over streams of chunks; README.md describes the keys. */
export class RedisLog implements MessageLog {
  readonly #data: RedisData;
  readonly #availability: Availability;
  readonly #onAppended: OnAppended;

  constructor(data: RedisData, availability: Availability, onAppended: OnAppended) {
    this.#data = data;
    this.#availability = availability;
    this.#onAppended = onAppended;
  }

  append(items: readonly AppendItem[]): Promise<readonly AppendResult[]> {
    return this.#availability.run(() => append(this.#data, items, this.#onAppended));
  }

  get(subject: string, id: number): Promise<Message | undefined> {
    return this.#availability.run(async () => {
      const tag = tagOf(subject);
      const keys = [this.#data.keys.state(tag, subject), this.#data.keys.chunks(tag, subject)];
      const { nowUs, answer } = await this.#data.run(GET, this.#data.placeOf(tag), keys, [String(id)]);
      return messageOf(subject, id, nowUs, answer);
    });
  }

  read(ranges: readonly ReadRange[], maxBytes: number): Promise<readonly ReadResult[]> {
    return this.#availability.run(async () => {
      const asked = await this.#perPlace(
        ranges,
        ({ subject }) => subject,
        async (place, part) => {
          const { keys } = this.#data;
          const { nowUs, answer } = await this.#data.run(
            READ,
            place,
            part.flatMap(({ subject }) => {
              const tag = tagOf(subject);
              return [keys.state(tag, subject), keys.chunks(tag, subject), keys.transient(tag, subject)];
            }),
            [
              String(maxBytes),
              ...part.flatMap((range) => [String(range.fromId), wayOf(range), String(range.maxMessages)]),
            ],
          );
          return part.map((range, index) => new RangeReader(range, nowUs, answer[index]));
        },
      );
      const room = new ReadRoom(maxBytes);
      return asked.map((reader) => reader.read(room));
    });
  }

  heads(subjects: readonly string[]): Promise<readonly SubjectHead[]> {
    return this.#availability.run(async () => {
      const infos = await this.#infos(subjects);
      return infos.map(({ lastId, lastPublishTimeUs, firstId }) => ({ lastId, lastPublishTimeUs, firstId }));
    });
  }

  subjects(options: {
    readonly prefix: string;
    readonly after: string;
    readonly limit: number;
  }): Promise<readonly SubjectInfo[]> {
    return this.#availability.run(async () => this.#infos(await listSubjects(this.#data, options)));
  }

  idAtTime(subject: string, timeUs: number): Promise<number> {
    return this.#availability.run(async () => {
      const tag = tagOf(subject);
      const { keys } = this.#data;
      const { answer } = await this.#data.run(
        ID_AT_TIME,
        this.#data.placeOf(tag),
        [keys.state(tag, subject), keys.chunks(tag, subject)],
        [String(timeUs)],
      );
      return numberOf(answer[0]);
    });
  }

  settledTimeUs(): Promise<number> {
    return this.#availability.run(() => this.#data.settle());
  }

  purge(subject: string, options: { readonly beforeId: number; readonly dryRun: boolean }): Promise<PurgeResult> {
    return this.#availability.run(() => purge(this.#data, subject, options));
  }

  expire(): Promise<boolean> {
    return this.#availability.run(() => expireStep(this.#data));
  }

  #infos(subjects: readonly string[]): Promise<readonly SubjectInfo[]> {
    const { keys } = this.#data;
    return this.#perPlace(
      subjects,
      (subject) => subject,
      async (place, part) => {
        const states = part.map((subject) => keys.state(tagOf(subject), subject));
        const { answer } = await this.#data.run(HEADS, place, states, []);
        return part.map((subject, index) => headOf(subject, answer[index]));
      },
    );
  }

  /** Asks for parts of the elements where they are, and answers in the order of the elements. */
  async #perPlace<T, R>(
    elements: readonly T[],
    subjectOf: (element: T) => string,
    ask: (place: number, part: readonly T[]) => Promise<readonly R[]>,
  ): Promise<readonly R[]> {
    const results: R[] = [];
    const indexed = elements.map((element, index) => ({ element, index }));
    const places = this.#data.byPlace(indexed, ({ element }) => subjectOf(element));
    const calls = [...places].flatMap(([place, all]) =>
      Array.from({ length: Math.ceil(all.length / MAX_PER_CALL) }, async (_, call) => {
        const part = all.slice(call * MAX_PER_CALL, (call + 1) * MAX_PER_CALL);
        const answers = await ask(
          place,
          part.map(({ element }) => element),
        );
        for (const [position, { index }] of part.entries()) results[index] = answers[position] as R;
      }),
    );
    await Promise.all(calls);
    return results;
  }
}

function wayOf({ backwards, transient }: ReadRange): string {
  if (backwards === true) return 'd';
  return transient === true ? 't' : 'u';
}
