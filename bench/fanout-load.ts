/**
 * Fan-out of one-message frames: `fanout-load ADDRESS SUBSCRIBE_PATH PUBLISH_PATH SECONDS SUBSCRIBERS CONNECTIONS`.
 * Publishes as fast as the deliveries come: at most so many messages ahead of the slowest connection.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { publishRequest } from './publish-request.js';
import { RawSubscriber } from './raw-subscriber.js';

const [address, subscribePath, publishPath, seconds, subscribers, connections] = process.argv.slice(2);
const SUBJECT = 'bench.fanout';
const BODY = Buffer.alloc(100, 'x');
/** Messages that are published and not yet delivered to everybody. */
const WINDOW = 512;
const IN_FLIGHT = 64;
const WARM_UP_MS = 1000;

const identity = (bytes: Buffer): Buffer => bytes;
const client = new Client(address!, credentials.createInsecure());
const perConnection = Number(subscribers) / Number(connections);
const delivered = new Array<number>(Number(connections)).fill(0);
let published = 0;
let stop = false;
let wake: (() => void)[] = [];

function slowest(): number {
  return Math.min(...delivered) / perConnection;
}

/** A retained message for a minute; the peer hands on whatever it is given. */
const request = Buffer.concat([publishRequest(SUBJECT, BODY), Buffer.from([(3 << 3) | 0, 60])]);

function publish(): Promise<void> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(publishPath!, identity, identity, request, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

async function publisher(): Promise<void> {
  while (!stop) {
    if (published - slowest() >= WINDOW) {
      await new Promise<void>((resolve) => wake.push(resolve));
      continue;
    }
    published++;
    await publish();
  }
}

async function main(): Promise<void> {
  const subscribe = publishRequest(SUBJECT, Buffer.alloc(0)).subarray(0, 2 + SUBJECT.length);
  const open = await Promise.all(
    delivered.map((_count, index) =>
      RawSubscriber.open({
        address: address!,
        path: subscribePath!,
        request: subscribe,
        streams: perConnection,
        awaitHeaders: subscribePath!.startsWith('/broker.'),
        onMessages: (messages) => {
          delivered[index]! += messages;
          for (const resolve of wake.splice(0)) resolve();
        },
      }),
    ),
  );
  const publishers = Array.from({ length: IN_FLIGHT }, publisher);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const total = (): number => delivered.reduce((sum, count) => sum + count, 0);
  const before = total();
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  const perSecond = (total() - before) / ((performance.now() - started) / 1000);
  stop = true;
  for (const resolve of wake.splice(0)) resolve();
  await Promise.all(publishers);
  for (const subscriber of open) subscriber.close();
  client.close();
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
}

void main();
