/** Publishes messages and fetches them: npx tsx publish-and-fetch.ts SUBJECT BODY... */
import { randomUUID } from 'node:crypto';
import {
  type OutgoingMessage,
  type ReceivedMessage,
  type WaybillClient,
  WaybillError,
  connect,
} from '../../src/client/index.js';
import { ADDRESS } from './address.js';

const ATTEMPTS = 3;

async function publish(client: WaybillClient, subject: string, body: string): Promise<number> {
  // Whether a call that timed out or broke was stored is not known; with the key, trying again stores it only once.
  const message: OutgoingMessage = {
    subject,
    body,
    headers: [['content-type', 'text/plain']],
    idempotencyKey: randomUUID(),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return (await client.publish(message)).id;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof WaybillError)) throw error;
      if (error.codeName !== 'UNAVAILABLE' && error.codeName !== 'DEADLINE_EXCEEDED') throw error;
    }
  }
}

/** Undefined when the message does not exist (any more). */
async function fetch(client: WaybillClient, subject: string, id: number): Promise<ReceivedMessage | undefined> {
  try {
    return await client.fetch(subject, id);
  } catch (error) {
    if (error instanceof WaybillError && ['MESSAGE_NOT_FOUND', 'MESSAGE_EXPIRED'].includes(error.reason)) return;
    throw error;
  }
}

async function main(subject = 'examples', ...bodies: readonly string[]): Promise<void> {
  const client = connect({ address: ADDRESS, timeoutMs: 10_000 });
  try {
    const ids: number[] = [];
    for (const body of bodies) {
      const id = await publish(client, subject, body);
      console.log(`published ${subject} ${id}`);
      ids.push(id);
    }
    for (const id of ids) {
      const message = await fetch(client, subject, id);
      console.log(`fetched ${subject} ${id}: ${message?.body.toString() ?? 'gone'}`);
    }
  } finally {
    client.close();
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof WaybillError ? `failed: ${error.reason}: ${error.message}` : error);
  process.exitCode = 1;
});
