/** Publishes many messages without waiting for each answer: npx tsx publish-stream.ts SUBJECT COUNT */
import { WaybillError, connect, type AckedFrame } from '../../src/client/index.js';
import { ADDRESS } from './address.js';

const FRAME_MESSAGES = 500;

async function main(subject = 'examples', count = '10000'): Promise<void> {
  const client = connect({ address: ADDRESS });
  try {
    const bodies = Array.from({ length: Number(count) }, (_, index) => String(index + 1));
    const stream = client.publishStream();
    const acked: Promise<AckedFrame>[] = [];
    for (let sent = 0; sent < bodies.length; sent += FRAME_MESSAGES) {
      // Waits for the server's credit, so that neither side has to hold more than that in memory.
      await stream.ready();
      const ack = stream.send(bodies.slice(sent, sent + FRAME_MESSAGES).map((body) => ({ subject, body })));
      // It is awaited below.
      ack.catch(() => undefined);
      acked.push(ack);
    }
    const frames = await Promise.all(acked);
    await stream.close();
    for (const { failures } of frames) {
      for (const { index, error } of failures) console.log(`message ${index} of its frame: ${error.reason}`);
    }
    const ids = frames.flatMap((frame) => frame.ids);
    console.log(`published ${ids.length} messages, ids ${ids[0]} to ${ids.at(-1)}`);
  } finally {
    client.close();
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof WaybillError ? `failed: ${error.reason}: ${error.message}` : error);
  process.exitCode = 1;
});
