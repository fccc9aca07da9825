import type { ReadRange, ReadResult } from '../storage.js';
import type { Database, Statement } from './database.js';
import { DownwardRange } from './downward-range.js';
import type { Room } from './range-reading.js';
import { readParameters } from './read-statement.js';
import type { ReadRow } from './read-statement.js';
import { UpwardRange } from './upward-range.js';

/** Reads as {@link MessageLog.read} does. */
export async function readRanges(
  database: Database,
  statement: Statement,
  ranges: readonly ReadRange[],
  maxBytes: number,
): Promise<readonly ReadResult[]> {
  const rows = await database.query<ReadRow>(statement, readParameters(ranges, maxBytes));
  const byRange: ReadRow[][] = ranges.map(() => []);
  for (const row of rows) byRange[row.n - 1]?.push(row);
  const room: Room = { bytes: maxBytes, empty: true };
  return ranges.map((range, index) => readRange(range, byRange[index] ?? [], room));
}

function readRange(range: ReadRange, rows: readonly ReadRow[], room: Room): ReadResult {
  const [head] = rows;
  const backwards = range.backwards === true;
  if (head === undefined || head.last_id === 0) {
    return { messages: [], nextId: backwards ? 0 : 1, firstId: 1, lastId: 0 };
  }
  const chunks = rows.filter(({ passing }) => passing !== null);
  return (backwards ? new DownwardRange(range, head, chunks, room) : new UpwardRange(range, head, chunks, room)).read();
}
