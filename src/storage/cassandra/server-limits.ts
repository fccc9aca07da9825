import { textAt } from './row-values.js';
import type { Session } from './session.js';

/** Cassandra's default: half a segment of its commit log. */
const DEFAULT_BYTES = 16 * 1024 * 1024;

/** Rows have keys and statistics beside their chunk, and a message has headers beside its body. */
const MARGIN_BYTES = 256 * 1024;

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 * 1024, GiB: 1024 * 1024 * 1024 };

/**
 * Bytes that a single chunk may have: a batch beyond `max_mutation_size` or a frame beyond
 * `native_transport_max_frame_size` is refused, and not always in words that say so.
 */
export async function largestChunk(session: Session): Promise<number> {
  const names = ['max_mutation_size', 'native_transport_max_frame_size'];
  let limit = DEFAULT_BYTES;
  try {
    const rows = await session.read('SELECT name, value FROM system_views.settings WHERE name IN ?', [names]);
    const values = rows.map((row) => parseSize(textAt(row, 'value')) ?? DEFAULT_BYTES);
    limit = Math.min(...values, DEFAULT_BYTES);
  } catch {
    // A user who may not read the settings gets by with the defaults.
  }
  return Math.max(MARGIN_BYTES, limit - MARGIN_BYTES);
}

/** `4096KiB` in bytes; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)\s*([KMG]?i?B)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
