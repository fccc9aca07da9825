import type { TracedMessage, TraceSpan, Tracing } from '../../../src/core/tracing.js';
import { ManualClock } from '../../support/manual-clock.js';
import { MemoryBroker } from '../../support/memory-broker.js';
import { SharedMemory } from '../../support/shared-memory.js';

interface RecordedWork {
  readonly work: string;
  readonly subjects: readonly string[];
  ended: boolean;
}

/** Keeps what spans are begun for, whether sampled or not. */
class RecordingTracing implements Tracing {
  readonly works: RecordedWork[] = [];

  startPublish(): undefined {}

  startCall(): undefined {}

  startStorageOperation(): undefined {}

  activeIds(): undefined {}

  startFlush(items: readonly TracedMessage[]): TraceSpan {
    return this.#start('flush', items);
  }

  startDelivery(messages: readonly TracedMessage[], source: 'live' | 'log'): TraceSpan {
    return this.#start(source, messages);
  }

  /** The subjects delivered from there. */
  delivered(source: 'live' | 'log'): readonly (readonly string[])[] {
    return this.works.filter(({ work }) => work === source).map(({ subjects }) => subjects);
  }

  #start(work: string, messages: readonly TracedMessage[]): TraceSpan {
    const recorded: RecordedWork = { work, subjects: messages.map(({ subject }) => subject), ended: false };
    this.works.push(recorded);
    return {
      ids: { trace_id: '', span_id: '' },
      run: (inner) => inner(),
      end: () => (recorded.ended = true),
    };
  }
}

const HEADERS = [['traceparent', 'any']] as const;

function traced(subject: string) {
  return { subject, body: Buffer.from('x'), headers: HEADERS };
}

describe('tracing of deliveries', () => {
  const clock = new ManualClock();
  let shared: SharedMemory;
  let tracing: RecordingTracing;
  let here: MemoryBroker;
  let there: MemoryBroker;

  beforeEach(() => {
    shared = new SharedMemory(clock);
    tracing = new RecordingTracing();
    here = new MemoryBroker({}, { clock, storage: shared.connect(), tracing });
    there = new MemoryBroker({}, { clock, storage: shared.connect() });
  });

  afterEach(async () => {
    await here.close();
    await there.close();
    await shared.close();
    expect(tracing.works.filter(({ ended }) => !ended)).toEqual([]);
  });

  it('begins for the messages of a batch that somebody watches, by name or by pattern', async () => {
    const byName = here.subscribe({ subjects: ['a'] });
    const byPattern = here.subscribe({ subjects: ['b.*'] });
    await byName.saw('caughtUp');
    await byPattern.saw('caughtUp');
    await here.broker.publishMany([traced('a'), traced('nobody'), traced('b.c')]);
    expect(tracing.delivered('live')).toEqual([['a', 'b.c']]);
  });

  it('does not begin for a batch without headers, nor without a subscriber', async () => {
    await here.broker.publishMany([traced('a')]);
    const subscriber = here.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    await here.publish('a', 'x');
    expect(tracing.delivered('live')).toEqual([]);
  });

  it.each(['a', '*'])('begins for what is read from the log for a subscriber of %s', async (subject) => {
    await there.broker.publishMany([traced('a'), traced('a')]);
    const subscriber = here.subscribe({ subjects: [subject], start: { kind: 'earliest' } });
    await subscriber.saw('caughtUp');
    expect(tracing.delivered('log')).toContainEqual(['a', 'a']);
  });

  it('begins for what another replica has written', async () => {
    const subscriber = here.subscribe({ subjects: ['a'] });
    await subscriber.saw('caughtUp');
    await there.broker.publishMany([traced('a')]);
    await subscriber.until(() => subscriber.messages.length === 1);
    expect(tracing.delivered('log')).toEqual([['a']]);
  });
});
