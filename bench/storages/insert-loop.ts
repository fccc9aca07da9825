/** The peer of PublishStream: `insert-loop STORAGE ADDRESS SECONDS ROWS`. One batch of 100-byte rows after the other. */
import { openBatchInsert } from './open-batch-insert.js';

const [storage, address, seconds, rows] = process.argv.slice(2);

async function main(): Promise<void> {
  const store = await openBatchInsert(storage!, address!);
  const bodies = Array.from({ length: Number(rows) }, () => Buffer.alloc(100, 'x'));
  const loop = async (forMs: number): Promise<number> => {
    let written = 0;
    const started = performance.now();
    while (performance.now() - started < forMs) {
      await store.insert(bodies);
      written += bodies.length;
    }
    return written / ((performance.now() - started) / 1000);
  };
  await loop(1000);
  const perSecond = await loop(Number(seconds) * 1000);
  await store.close();
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
}

void main();
