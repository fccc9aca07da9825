/**
 * The peer of unary Publish: `insert-server STORAGE ADDRESS`. A bare grpc-js server whose handler leaves its body to a
 * hand-written batch insert: whatever came while the last batch was on its way is the next one.
 */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { BatchInsert } from './batch-insert.js';
import { openBatchInsert } from './open-batch-insert.js';

const [storage, address] = process.argv.slice(2);
const identity = (bytes: Buffer): Buffer => bytes;
const BODY_BYTES = 100;

class Batcher {
  readonly #store: BatchInsert;
  #waiting: { readonly body: Buffer; readonly done: () => void }[] = [];
  #inserting = false;

  constructor(store: BatchInsert) {
    this.#store = store;
  }

  add(body: Buffer, done: () => void): void {
    this.#waiting.push({ body, done });
    if (!this.#inserting) setImmediate(() => void this.#insertAll());
  }

  async #insertAll(): Promise<void> {
    if (this.#inserting) return;
    this.#inserting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#store.insert(batch.map(({ body }) => body));
      for (const { done } of batch) done();
    }
    this.#inserting = false;
  }
}

async function main(): Promise<void> {
  const batcher = new Batcher(await openBatchInsert(storage!, address!));
  const server = new Server({ 'grpc.enable_channelz': 0 });
  server.addService(
    {
      Insert: {
        path: '/bench.Peer/Insert',
        requestStream: false,
        responseStream: false,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    },
    {
      // The body ends the request; what stands before it, field numbers and subject, is not looked at.
      Insert: (call: { request: Buffer }, callback: (error: null, response: Buffer) => void) =>
        batcher.add(call.request.subarray(-BODY_BYTES), () => callback(null, Buffer.alloc(0))),
    },
  );
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`ready 127.0.0.1:${port}\n`);
  });
  process.once('SIGTERM', () => process.exit(0));
}

void main();
