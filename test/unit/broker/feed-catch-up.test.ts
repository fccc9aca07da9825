import { FeedHub } from '../../../src/broker/feed-hub.js';
import { DEFAULT_BROKER_LIMITS } from '../../../src/broker/limits.js';
import { NO_HEADERS } from '../../../src/core/message.js';
import type { MessageLog, ReadRange } from '../../../src/storage/storage.js';
import { ManualClock } from '../../support/manual-clock.js';
import { SharedMemory } from '../../support/shared-memory.js';
import { turns } from '../../support/turns.js';

/** A log whose reads wait to be let through. */
class SlowReads {
  readonly shared = new SharedMemory(new ManualClock());
  readonly waiting: { readonly ranges: readonly ReadRange[]; pass(): void }[] = [];
  /** Most reads that were under way at a time, and most ranges of one. */
  mostReads = 0;
  mostRanges = 0;
  readonly asked = new Set<string>();
  readonly log: MessageLog;

  constructor() {
    const { log } = this.shared.connect();
    this.log = {
      ...log,
      read: async (ranges, maxBytes) => {
        for (const { subject } of ranges) this.asked.add(subject);
        await new Promise<void>((resolve) => {
          this.waiting.push({ ranges, pass: resolve });
          this.mostReads = Math.max(this.mostReads, this.waiting.length);
          this.mostRanges = Math.max(this.mostRanges, ranges.length);
        });
        return log.read(ranges, maxBytes);
      },
    };
  }

  async passAll(): Promise<number> {
    let reads = 0;
    for (; this.waiting.length > 0; await turns(3)) {
      for (const { pass } of this.waiting.splice(0)) {
        pass();
        reads++;
      }
    }
    return reads;
  }
}

describe('feeds that were told of messages they have not been given', () => {
  let slow: SlowReads;
  let hub: FeedHub;

  beforeEach(() => {
    slow = new SlowReads();
    hub = new FeedHub({ log: slow.log, limits: DEFAULT_BROKER_LIMITS, shared: true, onWatched: () => {} });
  });

  afterEach(() => slow.shared.close());

  it('share a few reads when they are many', async () => {
    const subjects = Array.from({ length: 1_000 }, (_, i) => `s.${i}`);
    const feeds = await Promise.all(subjects.map((subject) => hub.acquire(subject)));
    const body = Buffer.alloc(10);
    await slow.log.append(subjects.map((subject) => ({ subject, body, headers: NO_HEADERS, ttlUs: 0 })));
    for (const subject of subjects) hub.hint(subject, 1);
    const reads = await slow.passAll();
    expect(feeds.map(({ cursor }) => cursor)).toEqual(subjects.map(() => 1));
    expect(slow.mostReads).toBe(4);
    expect(slow.mostRanges).toBe(64);
    expect(reads).toBeLessThan(25);
  });

  it('are not read for when nobody watches them any more', async () => {
    const feed = await hub.acquire('s');
    for (const subject of ['a', 'b', 'c', 'd']) {
      await hub.acquire(subject);
      hub.hint(subject, 1);
    }
    hub.hint('s', 1);
    hub.release(feed);
    await slow.passAll();
    expect([...slow.asked]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('get there when large messages leave no room for all of them in one read', async () => {
    const subjects = Array.from({ length: 12 }, (_, i) => `s.${i}`);
    const feeds = await Promise.all(subjects.map((subject) => hub.acquire(subject)));
    const body = Buffer.alloc(700 * 1024);
    for (const subject of subjects) {
      await slow.log.append([1, 2].map(() => ({ subject, body, headers: NO_HEADERS, ttlUs: 0 })));
    }
    for (const subject of subjects) hub.hint(subject, 2);
    await slow.passAll();
    expect(feeds.map(({ cursor }) => cursor)).toEqual(subjects.map(() => 2));
  });

  it('are not read for again and again when what was hinted at is not there', async () => {
    const feed = await hub.acquire('s');
    hub.hint('s', 5);
    expect(await slow.passAll()).toBe(1);
    expect(feed.cursor).toBe(0);
    await slow.log.append([{ subject: 's', body: Buffer.alloc(1), headers: NO_HEADERS, ttlUs: 0 }]);
    hub.hint('s', 1);
    await slow.passAll();
    expect(feed.cursor).toBe(1);
  });
});
