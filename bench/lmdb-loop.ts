/**
 * The peer of the embedded storage: `lmdb-loop SECONDS`. One row per message of 100 bytes, 2,048 rows a commit, each
 * commit on disk before the next begins; no ids per subject, no expiry, no checksums.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';

const ROWS = 2048;
const seconds = Number(process.argv[2]);

async function main(): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const database = open<Buffer, Buffer>({ path, keyEncoding: 'binary', encoding: 'binary', overlappingSync: false });
  const body = Buffer.alloc(100, 'x');
  let id = 0;
  const started = performance.now();
  while (performance.now() - started < seconds * 1000) {
    let last: Promise<boolean> = Promise.resolve(true);
    for (let row = 0; row < ROWS; row++) {
      const key = Buffer.allocUnsafe(8);
      key.writeBigUInt64BE(BigInt(++id));
      last = database.put(key, body);
    }
    await last;
  }
  const perSecond = id / ((performance.now() - started) / 1000);
  await database.close();
  rmSync(path, { recursive: true });
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
}

void main();
