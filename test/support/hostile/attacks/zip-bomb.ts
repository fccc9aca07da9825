import { constants, createGzip } from 'node:zlib';
import { frame, RawGrpc } from '../../raw-grpc.js';
import { type Attack, OutcomeCounter, repeat } from '../attack.js';

const MIB = 1024 * 1024;
/** What the message becomes, if nobody stops. */
const EXPANDED_MIB = 3000;
const CALLS_PER_CONNECTION = 32;

/** A begun gzip stream: a header and blocks of zeros, each of which is 1 MiB when it is expanded. */
async function bomb(): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const write = async (): Promise<Buffer> => {
    gzip.write(Buffer.alloc(MIB));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_FULL_FLUSH, resolve));
    return Buffer.concat(chunks.splice(0));
  };
  const first = await write();
  // After a full flush blocks refer to nothing before them, so one may be repeated.
  const block = await write();
  gzip.destroy();
  return Buffer.concat([first, ...Array.from({ length: EXPANDED_MIB - 1 }, () => block)]);
}

/** Sends messages of 3 MiB that are 3 GiB when they are expanded, many at a time; an attempt is a call. */
export const zipBomb: Attack = {
  name: 'zip-bomb',
  description: 'compressed messages of 3 MiB that become 3 GiB',
  quick: 32,
  full: 320,
  // Messages of several MiB are received, refused and made garbage, many at a time.
  maxAddedMib: 200,
  // Or it is ended because it took too long to arrive.
  expected: /^status [48]$/,
  async run({ address, localAddress }, attempts) {
    const counter = new OutcomeCounter();
    const body = frame(await bomb(), 1);
    // Node's own client gives a connection up that has had too much on its way.
    for (let left = attempts; left > 0; left -= CALLS_PER_CONNECTION) {
      const raw = new RawGrpc(address, localAddress);
      await repeat(Math.min(left, CALLS_PER_CONNECTION), CALLS_PER_CONNECTION, async (index) => {
        const method = index % 2 === 0 ? 'Publish' : 'PublishStream';
        const { status } = await raw.call(`/waybill.v1.BrokerService/${method}`, body, { 'grpc-encoding': 'gzip' });
        counter.add(`status ${status}`);
      });
      raw.breakConnection();
    }
    return counter.outcomes;
  },
};
