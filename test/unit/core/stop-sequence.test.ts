import { setImmediate as nextTurn } from 'node:timers/promises';
import { StopSequence } from '../../../src/core/stop-sequence.js';
import { ManualClock } from '../../support/manual-clock.js';

const NEVER = () => new Promise<void>(() => {});

function setUp(timeoutMs = 1_000) {
  const clock = new ManualClock();
  const sequence = new StopSequence(clock, timeoutMs);
  const stopped: string[] = [];
  const add = (name: string, stop: () => Promise<void> = () => Promise.resolve(), share?: number) =>
    sequence.add(
      name,
      {
        stop: () => {
          stopped.push(name);
          return stop();
        },
      },
      share,
    );
  return { clock, sequence, stopped, add };
}

async function failuresOf(stopping: Promise<void>): Promise<readonly string[]> {
  const error: unknown = await stopping.catch((reason: unknown) => reason);
  return error instanceof AggregateError ? error.errors.map((failure: Error) => failure.message) : [];
}

describe('stop sequence', () => {
  it('stops in reverse order, once', async () => {
    const { sequence, stopped, add, clock } = setUp();
    add('storage');
    add('broker');
    add('server');
    await Promise.all([sequence.stop(), sequence.stop()]);
    expect(stopped).toEqual(['server', 'broker', 'storage']);
    expect(clock.pending).toBe(0);
  });

  it('goes on after a part that failed and reports it', async () => {
    const { sequence, stopped, add } = setUp();
    add('storage');
    add('broker', () => Promise.reject(new Error('flush failed')));
    expect(await failuresOf(sequence.stop())).toEqual(['flush failed']);
    expect(stopped).toEqual(['broker', 'storage']);
  });

  it('waits for a part no longer than its share', async () => {
    const { sequence, stopped, add, clock } = setUp();
    add('storage');
    add('tracing', NEVER, 0.2);
    const failures = failuresOf(sequence.stop());
    clock.advance(199);
    await nextTurn();
    expect(stopped).toEqual(['tracing']);
    clock.advance(1);
    expect(await failures).toEqual(['tracing did not stop within 200 ms']);
    expect(stopped).toEqual(['tracing', 'storage']);
  });

  it('gives later parts what is left of the whole time', async () => {
    const { sequence, add, clock } = setUp();
    add('storage', NEVER);
    add('tracing', NEVER, 0.2);
    const failures = failuresOf(sequence.stop());
    clock.advance(200);
    await nextTurn();
    clock.advance(800);
    expect(await failures).toEqual(['tracing did not stop within 200 ms', 'storage did not stop within 800 ms']);
  });
});
