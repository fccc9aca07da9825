import { deliveryDelays } from '../../../support/replicas/delivery-delays.js';
import type { FaultEntry } from '../../../support/replicas/fault-log.js';
import { storeRecoveries } from '../../../support/replicas/recovery-times.js';
import type { Operation } from '../../../support/history.js';

const MS = 1e6;

function acked(sha: string, returnMs: number): Operation {
  return {
    ...({ op: 'publish', client: 'p', subject: 'a', sha, outcome: 'acked', id: 1 } as const),
    invokeNs: 0,
    returnNs: returnMs * MS,
  };
}

function read(client: string, seen: readonly (readonly [sha: string, seenMs: number])[]): Operation {
  return {
    ...({ op: 'subscribe', client, after: {}, complete: false } as const),
    seen: seen.map(([sha, ms]) => ({ subject: 'a', seenNs: ms * MS, ids: [1], shas: [sha] })),
  };
}

describe('deliveryDelays', () => {
  it('counts from the acknowledgement to the first sight of each subscriber', () => {
    const operations = [
      acked('x', 10),
      acked('y', 20),
      read('r', [
        ['x', 13],
        ['y', 20.5],
      ]),
      // The same subscriber again, and another one that was faster than the acknowledgement.
      read('r', [['y', 900]]),
      read('s', [['x', 9]]),
    ];
    expect(deliveryDelays(operations)).toEqual(
      new Map([
        ['r', [3, 0.5]],
        ['s', [0]],
      ]),
    );
  });
});

describe('storeRecoveries', () => {
  it('counts from each return of the store to the next acknowledgement', () => {
    const faults: FaultEntry[] = [
      { ns: 100 * MS, kind: 'store killed', detail: '' },
      { ns: 150 * MS, kind: 'store is back', detail: '' },
      { ns: 300 * MS, kind: 'store is back', detail: '' },
      { ns: 900 * MS, kind: 'store is back', detail: '' },
    ];
    expect(storeRecoveries([acked('z', 330), acked('x', 90), acked('y', 170)], faults)).toEqual([20, 30]);
  });
});
