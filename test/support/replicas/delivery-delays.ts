import type { Operation } from '../history.js';

/**
 * Milliseconds from each acknowledgement to the moment in which each subscriber first had the message, by client; 0
 * where the subscriber was first. Includes the time in which a subscriber had no stream.
 */
export function deliveryDelays(operations: readonly Operation[]): ReadonlyMap<string, readonly number[]> {
  const ackedNs = new Map<string, number>();
  for (const operation of operations) {
    if (operation.op === 'publish' && operation.outcome === 'acked') ackedNs.set(operation.sha, operation.returnNs);
  }
  const delays = new Map<string, number[]>();
  const had = new Map<string, Set<string>>();
  for (const operation of operations) {
    if (operation.op !== 'subscribe') continue;
    const known = had.get(operation.client) ?? new Set();
    had.set(operation.client, known);
    const ofClient = delays.get(operation.client) ?? [];
    delays.set(operation.client, ofClient);
    for (const { seenNs, shas } of operation.seen) {
      for (const sha of shas) {
        const acked = ackedNs.get(sha);
        if (acked === undefined || known.has(sha)) continue;
        known.add(sha);
        ofClient.push(Math.max(0, seenNs - acked) / 1e6);
      }
    }
  }
  return delays;
}
