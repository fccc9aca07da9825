import { randomBytes, randomInt } from 'node:crypto';
import { frame, RawGrpc } from '../../raw-grpc.js';
import { type Attack, OutcomeCounter, repeat } from '../attack.js';
import { sampleRequests } from '../sample-requests.js';

/** Calls of one connection. */
const CALLS_PER_CONNECTION = 5000;
const AT_ONCE = 64;

/** A length or number beyond what anybody means. */
const NUMBERS = ['ffffffff07', 'ffffffff0f', '80808080808080808001', 'ffffffffffffffffff01', '8080808010', '00'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
/** Groups in groups, which nobody uses any more. */
const GROUPS = Buffer.alloc(3000, 0x0b);

function mutated(message: Buffer): Buffer {
  const at = randomInt(message.length + 1);
  const [head, tail] = [message.subarray(0, at), message.subarray(at)];
  switch (randomInt(8)) {
    case 0:
      return randomBytes(randomInt(200));
    case 1:
      return head;
    case 2:
      return Buffer.concat([head, randomBytes(randomInt(1, 8)), tail]);
    case 3:
      return Buffer.concat([head, NUMBERS[randomInt(NUMBERS.length)]!, tail]);
    case 4:
      return Buffer.concat([head, GROUPS, tail]);
    case 5:
      return Buffer.concat([message, message, head]);
    case 6:
      return Buffer.concat([head, tail.subarray(randomInt(tail.length + 1))]);
    default: {
      const changed = Buffer.from(message);
      for (let i = randomInt(4); i >= 0 && changed.length > 0; i--) changed[randomInt(changed.length)] = randomInt(256);
      return changed;
    }
  }
}

/** Calls every method with damaged requests; an attempt is a call. */
export const protobufFuzz: Attack = {
  name: 'protobuf-fuzz',
  description: 'requests of every method, cut, mixed, with groups, wild numbers and random bytes',
  quick: 5000,
  full: 500_000,
  // What is damaged may still be a request; then it is answered as it deserves.
  expected: /^status (0|3|5|6|8|9|10|11|12|13|14)$|^cancelled$/,
  async run({ address, localAddress }, attempts) {
    const counter = new OutcomeCounter();
    const samples = sampleRequests();
    for (let left = attempts; left > 0; left -= CALLS_PER_CONNECTION) {
      const raw = new RawGrpc(address, localAddress);
      await repeat(Math.min(left, CALLS_PER_CONNECTION), AT_ONCE, async () => {
        const { path, request, streams } = samples[randomInt(samples.length)]!;
        const stream = raw.open(path);
        let outcome = 'cancelled';
        stream.on('response', (headers) => (outcome = `status ${Number(headers['grpc-status'] ?? -1)}`));
        stream.on('trailers', (headers) => (outcome = `status ${Number(headers['grpc-status'] ?? -1)}`));
        stream.on('error', () => {});
        stream.resume();
        stream.end(frame(mutated(request)));
        // A subscription that begins has no end of its own.
        if (streams) stream.once('response', () => setImmediate(() => stream.close()));
        await new Promise((resolve) => stream.once('close', resolve));
        counter.add(outcome === 'status -1' ? 'cancelled' : outcome);
      });
      await raw.close();
    }
    return counter.outcomes;
  },
};
