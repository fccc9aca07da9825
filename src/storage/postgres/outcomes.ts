import type { SegmentOutcome } from '../append-plan.js';
import { BrokerError } from '../../core/errors.js';

/** Numbers per segment in what the append functions answer: which kind, and three of its own. */
const NUMBERS = 4;

/** What came of each segment, in order. */
export function segmentOutcomes(numbers: readonly number[]): readonly SegmentOutcome[] {
  return Array.from({ length: numbers.length / NUMBERS }, (_, index) =>
    outcomeOf(numbers.slice(index * NUMBERS, index * NUMBERS + NUMBERS)),
  );
}

function outcomeOf([kind, first = 0, second = 0, third = 0]: readonly number[]): SegmentOutcome {
  switch (kind) {
    case 0:
      return { kind: 'appended', firstId: first, publishTimeUs: second };
    case 1:
      return { kind: 'duplicate', id: first, publishTimeUs: second, expireTimeUs: third };
    case 2:
      return { kind: 'key-reused', id: first };
    case 3:
      return { kind: 'stale', currentToken: first };
    case 4:
      return { kind: 'unexpected', lastId: first };
    default:
      throw new BrokerError('INTERNAL', `the append function answered an outcome of kind ${kind}`);
  }
}
