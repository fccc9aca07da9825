/**
 * Unary calls with so many in flight: `unary-load ADDRESS PATH SECONDS IN_FLIGHT BODY_BYTES`. The request is a
 * `waybill.v1.PublishRequest`; the answer is counted and not decoded, so that server and peer are asked by the same client.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { publishRequest } from './publish-request.js';

const [address, path, seconds, inFlight, bodyBytes] = process.argv.slice(2);
const identity = (bytes: Buffer): Buffer => bytes;
const client = new Client(address!, credentials.createInsecure());
const request = publishRequest('bench.unary', Buffer.alloc(Number(bodyBytes), 'x'));
const WARM_UP_MS = 1000;

let calls = 0;
let stop = false;

function call(): Promise<void> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path!, identity, identity, request, (error) => {
      if (error !== null) reject(error);
      else resolve();
    });
  });
}

async function worker(): Promise<void> {
  while (!stop) {
    await call();
    calls++;
  }
}

const workers = Array.from({ length: Number(inFlight) }, worker);
setTimeout(() => {
  const started = performance.now();
  calls = 0;
  setTimeout(
    () => {
      stop = true;
      const perSecond = calls / ((performance.now() - started) / 1000);
      void Promise.all(workers).then(() => {
        client.close();
        process.stdout.write(`${JSON.stringify({ perSecond })}\n`);
      });
    },
    Number(seconds) * 1000,
  );
}, WARM_UP_MS);
