import type { AppendPlan, AppendSegment } from '../append-plan.js';
import type { EncodedChunk } from '../chunk.js';
import { ByteColumn } from './byte-column.js';
import { arrayOf } from './database.js';
import type { Parameter } from './database.js';

/** No condition on the last id; no idempotency window, no fencing token. */
const NO_EXPECTATION = -1;
const NONE = 0;

/** True when nothing of the call can be refused, so that it takes the quicker function. */
export function isUnconditional({ subjects }: AppendPlan): boolean {
  return subjects.every(({ segments: [first, second] }) => {
    const item = first?.items[0];
    return (
      second === undefined &&
      item?.idempotency === undefined &&
      item?.expectedLastId === undefined &&
      item?.fence === undefined
    );
  });
}

/** Parameters of the function `append_one`, after slot and batch; undefined when it is more than one lasting chunk. */
export function appendOneValues({ subjects }: AppendPlan): readonly Parameter[] | undefined {
  const [only, more] = subjects;
  const [segment] = only?.segments ?? [];
  if (only === undefined || segment === undefined || more !== undefined) return undefined;
  const { items, chunks, transientChunks } = segment;
  const [chunk, next] = chunks;
  if (chunk === undefined || next !== undefined || transientChunks.length > 0) return undefined;
  const { firstId, lastId, messages, bytes, expireTimeUs, value } = chunk;
  return [Buffer.from(only.subject), items.length, messages, bytes, firstId, lastId, expireTimeUs, value];
}

/** Parameters of the function `append`, after slot and batch. */
export function appendValues({ subjects }: AppendPlan): readonly Parameter[] {
  const names = ByteColumn.ofTexts(subjects.map(({ subject }) => subject));
  const segments = subjects.map((each) => each.segments[0] as AppendSegment);
  return [names.bytes, names.from, names.lengths, ...countValues(segments), ...chunkValues(segments)];
}

/** Parameters of the function `append_if`, after slot and batch. */
export function appendIfValues({ subjects }: AppendPlan): readonly Parameter[] {
  const names = ByteColumn.ofTexts(subjects.map(({ subject }) => subject));
  const segments = subjects.flatMap((each) => each.segments);
  const ends = runningSums(subjects.map((each) => each.segments.length));
  const firsts = segments.map(({ items: [item] }) => item);
  const keys = new ByteColumn();
  const digests = new ByteColumn();
  const locks = new ByteColumn();
  for (const item of firsts) {
    addIfThere(keys, item?.idempotency?.key);
    addIfThere(digests, item?.idempotency?.digest);
    addIfThere(locks, item?.fence?.lock);
  }
  const lasting = runningSums(segments.map(({ chunks }) => chunks.length));
  const allLasting = lasting.at(-1) ?? 0;
  const passing = runningSums(segments.map(({ transientChunks }) => transientChunks.length));
  return [
    names.bytes,
    names.from,
    names.lengths,
    arrayOf(subjects.map((each, index) => (ends[index] as number) - each.segments.length + 1)),
    arrayOf(ends),
    ...countValues(segments),
    arrayOf(firsts.map((item) => item?.ttlUs ?? NONE)),
    keys.bytes,
    keys.from,
    keys.lengths,
    digests.bytes,
    digests.from,
    digests.lengths,
    arrayOf(firsts.map((item) => item?.idempotency?.windowUs ?? NONE)),
    locks.bytes,
    locks.from,
    locks.lengths,
    arrayOf(firsts.map((item) => item?.fence?.token ?? NONE)),
    arrayOf(firsts.map((item) => item?.expectedLastId ?? NO_EXPECTATION)),
    arrayOf(segments.map(({ chunks }, index) => (lasting[index] as number) - chunks.length + 1)),
    arrayOf(lasting),
    arrayOf(segments.map((each, index) => allLasting + (passing[index] as number) - each.transientChunks.length + 1)),
    arrayOf(passing.map((end) => allLasting + end)),
    ...chunkValues(segments),
  ];
}

function addIfThere(column: ByteColumn, text: string | Uint8Array | undefined): void {
  if (text === undefined) column.addAbsent();
  else column.add(typeof text === 'string' ? Buffer.from(text) : text);
}

function runningSums(numbers: readonly number[]): readonly number[] {
  let sum = 0;
  return numbers.map((each) => (sum += each));
}

/** Ids, messages and bytes of each segment. */
function countValues(segments: readonly AppendSegment[]): readonly Parameter[] {
  const sum = (chunks: readonly EncodedChunk[], what: 'messages' | 'bytes'): number =>
    chunks.reduce((total, chunk) => total + chunk[what], 0);
  return [
    arrayOf(segments.map(({ items }) => items.length)),
    arrayOf(segments.map(({ chunks }) => sum(chunks, 'messages'))),
    arrayOf(segments.map(({ chunks }) => sum(chunks, 'bytes'))),
  ];
}

/** The chunks of all segments, the lasting ones first. */
function chunkValues(segments: readonly AppendSegment[]): readonly Parameter[] {
  const runs: number[] = [];
  const all: EncodedChunk[] = [];
  const values = new ByteColumn();
  const take = (chunks: readonly EncodedChunk[], run: number): void => {
    for (const chunk of chunks) {
      runs.push(run);
      all.push(chunk);
      values.add(chunk.value);
    }
  };
  for (const [index, { chunks }] of segments.entries()) take(chunks, index + 1);
  const lasting = all.length;
  for (const [index, { transientChunks }] of segments.entries()) take(transientChunks, index + 1);
  return [
    lasting,
    arrayOf(runs),
    arrayOf(all.map(({ firstId }) => firstId)),
    arrayOf(all.map(({ lastId }) => lastId)),
    arrayOf(all.map(({ expireTimeUs }) => expireTimeUs)),
    arrayOf(all.map(({ messages }) => messages)),
    arrayOf(all.map(({ bytes }) => bytes)),
    values.from,
    values.lengths,
    values.bytes,
  ];
}
