/**
 * Writes events to a stream and processes what is there: npx tsx event-stream.ts STREAM JSON...
 *
 * Any number of these may run at the same time: each event is handed to one of them. What fails here (an event with
 * "fails": true) is marked for a retry, and what a program leaves behind when it dies is handed out again after a while.
 */
import { type StoredEvent, type WaybillClient, WaybillError, connect } from '../../src/client/index.js';
import { ADDRESS } from './address.js';

const LEASE_MS = 30_000;

async function openStream({ streams }: WaybillClient, name: string): Promise<string> {
  try {
    await streams.create({ name });
    return 'created';
  } catch (error) {
    if (error instanceof WaybillError && error.reason === 'STREAM_EXISTS') return 'found';
    throw error;
  }
}

/** The work; false when it is to be tried again. */
function handle({ body }: StoredEvent): boolean {
  const value = JSON.parse(body.toString()) as { readonly fails?: boolean } | null;
  return value?.fails !== true;
}

async function processAll({ streams }: WaybillClient, stream: string): Promise<void> {
  for (;;) {
    // No more at once than can be done within the lease.
    const { events, lease } = await streams.process({ stream, pageSize: 10, leaseMs: LEASE_MS });
    if (lease === undefined) return;
    for (const event of events) {
      const status = handle(event) ? 'processed' : 'retry';
      // Fails with LEASE_LOST when it took too long: somebody else may have the event by now.
      await streams.mark(event.id, status, { leaseId: lease.id });
      console.log(`${status} ${event.body.toString()}`);
    }
  }
}

async function main(stream = 'examples', ...events: readonly string[]): Promise<void> {
  const client = connect({ address: ADDRESS, timeoutMs: 10_000 });
  try {
    console.log(`${await openStream(client, stream)} ${stream}`);
    for (const event of events) await client.streams.write(stream, event);
    console.log(`wrote ${events.length} events`);
    await processAll(client, stream);
    const left: StoredEvent[] = [];
    for await (const event of client.streams.allToRetry({ stream })) left.push(event);
    console.log(`${left.length} to try again`);
  } finally {
    client.close();
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof WaybillError ? `failed: ${error.reason}: ${error.message}` : error);
  process.exitCode = 1;
});
