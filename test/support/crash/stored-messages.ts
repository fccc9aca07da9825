import type { WaybillClient } from '../../../src/client/index.js';

/** Subject of messages that are only there, so that a start has something to open. */
export const STORED_SUBJECT = 'stored';

const FRAME_MESSAGES = 512;
const BODY_BYTES = 100;

/** The body of the message with this id. */
function bodyOf(id: number): string {
  return String(id).padEnd(BODY_BYTES, '.');
}

/** Stores `count` messages of 100 bytes in a subject that is empty. @throws WaybillError */
export async function storeMessages(client: WaybillClient, count: number): Promise<void> {
  const stream = client.publishStream();
  let failure: unknown;
  for (let id = 1; id <= count && failure === undefined;) {
    await stream.ready();
    const messages = [];
    for (; id <= count && messages.length < FRAME_MESSAGES; id++) {
      messages.push({ subject: STORED_SUBJECT, body: bodyOf(id) });
    }
    stream.send(messages).then(
      ({ failures }) => (failure ??= failures[0]?.error),
      (error: unknown) => (failure ??= error),
    );
  }
  await stream.close();
  if (failure !== undefined) throw failure;
}

/** How many of the stored messages are still there with their bodies, counted up to the first that is not. */
export async function countStored(client: WaybillClient): Promise<number> {
  let count = 0;
  const request = { subjects: [STORED_SUBJECT], from: 'earliest', stopAtHead: true, maxBatchMessages: 4096 } as const;
  for await (const { id, body } of client.subscribe(request).messages()) {
    if (id !== count + 1 || body.toString() !== bodyOf(id)) break;
    count++;
  }
  return count;
}
