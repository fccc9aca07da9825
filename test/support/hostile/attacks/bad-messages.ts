import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { frame, RawGrpc } from '../../raw-grpc.js';
import { type Attack, OutcomeCounter, repeat } from '../attack.js';

const METHODS = [
  '/waybill.v1.BrokerService/Publish',
  '/waybill.v1.BrokerService/PublishBatch',
  '/waybill.v1.BrokerService/PublishStream',
  '/waybill.v1.BrokerService/Subscribe',
  '/broker.Broker/Publish',
  '/broker.Broker/Subscribe',
] as const;

const GZIP = gzipSync(randomBytes(1000));

/** The body of a request, and the encoding that it names. */
const BODIES: readonly (readonly [body: Buffer, encoding?: string])[] = [
  // Compressed, it says, and is not.
  [frame(randomBytes(1000), 1), 'gzip'],
  [frame(randomBytes(1000), 1), 'deflate'],
  [frame(Buffer.alloc(0), 1), 'gzip'],
  [frame(GZIP.subarray(0, 500), 1), 'gzip'],
  [frame(Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(8)]), 1), 'gzip'],
  [frame(GZIP, 1), 'deflate'],
  [frame(GZIP, 1), 'identity'],
  [frame(GZIP, 1)],
  [frame(GZIP, 1), 'br'],
  [frame(GZIP, 255), 'gzip'],
  [frame(Buffer.concat([GZIP, GZIP]), 1), 'gzip'],
  // A length of 4 GiB, of half of it, and of one byte more than is there.
  [Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), randomBytes(1000)])],
  [Buffer.concat([Buffer.from([1, 0x80, 0, 0, 0]), randomBytes(1000)]), 'gzip'],
  [Buffer.concat([Buffer.from([0, 0, 0, 3, 0xe9]), randomBytes(1000)])],
  [Buffer.from([0, 0, 0])],
  // Many empty messages.
  [Buffer.alloc(5000)],
];

/** Sends messages that are not what their prefix says; an attempt is a call. */
export const badMessages: Attack = {
  name: 'bad-messages',
  description: 'compressed messages that are none, lengths up to 0xFFFFFFFF (CVE-2026-48069)',
  quick: 192,
  full: 20_000,
  // The last body is a frame without messages for a publish stream, which is answered.
  expected: /^status (3|8|12|13)$|^status 0$/,
  async run({ address, localAddress }, attempts) {
    const counter = new OutcomeCounter();
    const raw = new RawGrpc(address, localAddress);
    await repeat(attempts, 32, async (index) => {
      const [body, encoding] = BODIES[index % BODIES.length]!;
      const method = METHODS[Math.floor(index / BODIES.length) % METHODS.length]!;
      const { status } = await raw.call(method, body, encoding === undefined ? {} : { 'grpc-encoding': encoding });
      counter.add(`status ${status}`);
    });
    await raw.close();
    return counter.outcomes;
  },
};
