/**
 * Fan-out of one-message frames: `fanout-load ADDRESS waybill|peer SECONDS SUBSCRIBERS CONNECTIONS`. Publishes as fast as
 * the deliveries come: in frames of so many messages, and at most so many ahead of the slowest connection.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { connect } from '../src/client/index.js';
import { publishRequest } from './publish-request.js';
import { RawSubscriber } from './raw-subscriber.js';

const [address, server, seconds, subscribers, connections] = process.argv.slice(2);
const SUBJECT = 'bench.fanout';
const BODY = Buffer.alloc(100, 'x');
/** Messages of one publish. */
const FRAME = 32;
/** Messages that are published and not yet delivered to everybody. */
const WINDOW = 512;
/** On the wire: the prefix, and a message of one field. */
const FRAMED_BYTES = 5 + 2 + BODY.length;
const WARM_UP_MS = 1000;

const perConnection = Number(subscribers) / Number(connections);
const delivered = new Array<number>(Number(connections)).fill(0);
let published = 0;
let stop = false;
const waiting: (() => void)[] = [];

function slowest(): number {
  return Math.min(...delivered) / perConnection;
}

interface Publisher {
  publish(): Promise<unknown>;
  close(): Promise<void>;
}

function waybillPublisher(): Publisher {
  const client = connect({ address: address! });
  const stream = client.publishStream();
  const messages = Array.from({ length: FRAME }, () => ({ subject: SUBJECT, body: BODY }));
  return {
    publish: () => stream.send(messages),
    close: async () => {
      await stream.close();
      client.close();
    },
  };
}

function peerPublisher(): Publisher {
  const client = new Client(address!, credentials.createInsecure());
  const identity = (bytes: Buffer): Buffer => bytes;
  const request = Buffer.concat([Buffer.from([FRAME]), publishRequest('', BODY).subarray(2)]);
  return {
    publish: () =>
      new Promise<void>((resolve, reject) => {
        client.makeUnaryRequest('/bench.Peer/Publish', identity, identity, request, (error) =>
          error === null ? resolve() : reject(error),
        );
      }),
    close: () => Promise.resolve(client.close()),
  };
}

async function publishUntilStopped(publisher: Publisher): Promise<void> {
  while (!stop) {
    if (published - slowest() > WINDOW - FRAME) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      continue;
    }
    published += FRAME;
    await publisher.publish();
  }
}

function wake(): void {
  for (const resolve of waiting.splice(0)) resolve();
}

async function main(): Promise<void> {
  const subscribe = publishRequest(SUBJECT, Buffer.alloc(0)).subarray(0, 2 + SUBJECT.length);
  const open = await Promise.all(
    delivered.map((_count, index) =>
      RawSubscriber.open({
        address: address!,
        path: server === 'peer' ? '/bench.Peer/Subscribe' : '/broker.Broker/Subscribe',
        request: subscribe,
        streams: perConnection,
        awaitHeaders: server !== 'peer',
        onBytes: (bytes) => {
          delivered[index]! += bytes / FRAMED_BYTES;
          wake();
        },
      }),
    ),
  );
  const publisher = server === 'peer' ? peerPublisher() : waybillPublisher();
  const publishers = Array.from({ length: 4 }, () => publishUntilStopped(publisher));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const total = (): number => delivered.reduce((sum, count) => sum + count, 0);
  const before = total();
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
  const perSecond = (total() - before) / ((performance.now() - started) / 1000);
  stop = true;
  wake();
  await Promise.all(publishers);
  for (const subscriber of open) subscriber.close();
  await publisher.close();
  process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
}

void main();
