import { setImmediate as nextTurn } from 'node:timers/promises';
import { StopSequence } from '../../../src/core/stop-sequence.js';
import { ManualClock } from '../../support/manual-clock.js';

const NEVER = () => new Promise<void>(() => {});

function setUp(timeoutMs = 1_000) {
  const clock = new ManualClock();
  const sequence = new StopSequence(clock, timeoutMs);
  const stopped: string[] = [];
  const add = (name: string, stop: () => Promise<void> = () => Promise.resolve()) =>
    sequence.add(name, {
      stop: () => {
        stopped.push(name);
        return stop();
      },
    });
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

  it('waits no longer than the whole time', async () => {
    const { sequence, stopped, add, clock } = setUp();
    add('storage');
    add('broker', NEVER);
    const failures = failuresOf(sequence.stop());
    clock.advance(999);
    await nextTurn();
    expect(stopped).toEqual(['broker']);
    clock.advance(1);
    expect(await failures).toEqual(['broker did not stop within 1000 ms']);
    expect(stopped).toEqual(['broker', 'storage']);
  });

  it('gives each part what the others have left of the time', async () => {
    const { sequence, add, clock } = setUp();
    let finish = (): void => {};
    add('storage', NEVER);
    add('server', () => new Promise((resolve) => (finish = resolve)));
    const failures = failuresOf(sequence.stop());
    clock.advance(400);
    finish();
    await nextTurn();
    clock.advance(600);
    expect(await failures).toEqual(['storage did not stop within 600 ms']);
  });
});
