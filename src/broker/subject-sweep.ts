import type { MessageLog } from '../storage/storage.js';
import type { FeedHub } from './feed-hub.js';

const SUBJECTS_PER_PAGE = 1_000;

/**
 * Goes through the subjects that the watched patterns may match, whoever has written to them, and tells the watchers of
 * those that have news. It is what their settled time rests on, so here is why no message slips through:
 *
 * A sweep first fixes its time T, the settled time of the storage: all that was published at T or before can be read
 * now, and nothing with such a time appears later. Each subject is looked at after that, so `lastPublishTimeUs` covers
 * every message up to T. Subjects whose last message is not after the *previous* sweep's T were looked at then, and
 * nothing was added to them since; all others are noticed. So when a sweep ends, every message up to its T lies in a
 * subject that has been noticed in this sweep or in an earlier one.
 *
 * A watcher that was added since the previous sweep began has missed some of those, but it has opened at the settled
 * time as the hub knows it, which only grows and is not before the previous T: it wants nothing from before that.
 * A watcher that was added while this sweep was already under way is not told of its end.
 */
export class SubjectSweep {
  readonly #log: Pick<MessageLog, 'subjects'>;
  readonly #hub: FeedHub;
  /** T of the last sweep that has come to its end. */
  #sweptUs: number | undefined;

  constructor(log: Pick<MessageLog, 'subjects'>, hub: FeedHub) {
    this.#log = log;
    this.#hub = hub;
  }

  /** Answers how many pages it took. */
  async run(): Promise<number> {
    const { patterns } = this.#hub;
    const { listeners, prefixes } = patterns;
    // The first sweep looks back to where the first watcher has opened.
    const afterUs = this.#sweptUs ?? this.#hub.firstSettledUs;
    const timeUs = await this.#hub.settle();
    let pages = 0;
    for (const prefix of prefixes) {
      let after = '';
      for (;;) {
        const page = await this.#log.subjects({ prefix, after, limit: SUBJECTS_PER_PAGE });
        pages++;
        for (const { subject, lastId, lastPublishTimeUs } of page) {
          if (lastPublishTimeUs > afterUs) this.#hub.notice(subject, lastId, lastPublishTimeUs);
        }
        if (page.length < SUBJECTS_PER_PAGE) break;
        after = page.at(-1)!.subject;
      }
    }
    this.#sweptUs = timeUs;
    for (const listener of listeners) listener.swept(timeUs);
    return pages;
  }
}
