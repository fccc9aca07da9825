/**
 * Publish→deliver: `latency-load ADDRESS MESSAGES`. One message at a time, from the call of publish until a subscriber
 * in the same process has it.
 */
import { connect } from '../src/client/index.js';

const [address, count] = process.argv.slice(2);
const WARM_UP = 500;
const SUBJECT = 'bench.latency';

async function main(): Promise<void> {
  const client = connect({ address: address! });
  const publisher = connect({ address: address! });
  const latencies: number[] = [];
  const aborted = new AbortController();
  let sentMs = 0;
  const next = (): void => {
    sentMs = performance.now();
    void publisher.publish({ subject: SUBJECT, body: Buffer.alloc(100, 'x') });
  };
  for await (const event of client.subscribe({ subjects: [SUBJECT] }, { signal: aborted.signal })) {
    if (event.kind === 'confirmed') next();
    if (event.kind !== 'batch') continue;
    latencies.push(performance.now() - sentMs);
    if (latencies.length === WARM_UP + Number(count)) break;
    setImmediate(next);
  }
  const sorted = latencies.slice(WARM_UP).sort((a, b) => a - b);
  const at = (rank: number): number => sorted[Math.floor(sorted.length * rank)]!;
  publisher.close();
  client.close();
  process.stdout.write(`${JSON.stringify({ p50: at(0.5), p99: at(0.99) })}\n`);
}

void main();
