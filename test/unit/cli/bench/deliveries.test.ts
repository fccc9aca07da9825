import { Deliveries } from '../../../../src/cli/bench/deliveries.js';

describe('deliveries', () => {
  const never = new AbortController().signal;

  test('wait for the slowest subscriber', async () => {
    const deliveries = new Deliveries(2);
    let reached = false;
    const wait = deliveries.reach(3, never).then(() => {
      reached = true;
    });
    deliveries.add(0, 5);
    deliveries.add(1, 2);
    await Promise.resolve();
    expect(reached).toBe(false);
    deliveries.add(1, 1);
    await wait;
    expect(reached).toBe(true);
  });

  test('do not wait for what is there already', async () => {
    const deliveries = new Deliveries(1);
    deliveries.add(0, 4);
    await expect(deliveries.reach(4, never)).resolves.toBeUndefined();
    await expect(deliveries.reach(0, never)).resolves.toBeUndefined();
  });

  test('stop waiting at the abort', async () => {
    const abort = new AbortController();
    const wait = new Deliveries(1).reach(1, abort.signal);
    abort.abort();
    await expect(wait).resolves.toBeUndefined();
  });
});
