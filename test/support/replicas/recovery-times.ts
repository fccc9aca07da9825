import type { Operation } from '../history.js';
import type { FaultEntry } from './fault-log.js';

/** Milliseconds from each moment in which the store took connections again until any publish was acknowledged. */
export function storeRecoveries(operations: readonly Operation[], faults: readonly FaultEntry[]): readonly number[] {
  const acksNs = operations
    .flatMap((operation) => (operation.op === 'publish' && operation.outcome === 'acked' ? operation.returnNs : []))
    .toSorted((a, b) => a - b);
  let next = 0;
  return faults.flatMap(({ ns, kind }) => {
    if (kind !== 'store is back') return [];
    while (next < acksNs.length && (acksNs[next] ?? 0) <= ns) next++;
    const ack = acksNs[next];
    return ack === undefined ? [] : (ack - ns) / 1e6;
  });
}
