/**
 * The peer of write_event: a server that stores each line as one row of LMDB and answers it when the row is on disk. No
 * JSON, no credentials, no ids, no expiry.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';

const ANSWER = '{"operation":"write_event","status":true}\n';
const path = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
const database = open<Buffer, Buffer>({ path, keyEncoding: 'binary', encoding: 'binary', overlappingSync: false });
let id = 0;

const server = createServer({ noDelay: true }, (socket) => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    let lines = 0;
    let last: Promise<boolean> = Promise.resolve(true);
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      const key = Buffer.allocUnsafe(8);
      key.writeBigUInt64BE(BigInt(++id));
      last = database.put(key, bytes.subarray(from, end));
      from = end + 1;
      lines++;
    }
    rest = bytes.subarray(from);
    void last.then(() => socket.write(ANSWER.repeat(lines)));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready 127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', () => {
  rmSync(path, { recursive: true });
  process.exit(0);
});
