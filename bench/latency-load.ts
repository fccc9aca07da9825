/**
 * Publish→deliver: `latency-load ADDRESS MESSAGES [SUBSCRIBE_ADDRESS PAUSE_MS]`. One message at a time, from the call of
 * publish until a subscriber in the same process has it, from the same broker or another one. Before each there is a random
 * pause of up to so many milliseconds: a broker that polls would otherwise always have polled a moment ago.
 */
import { connect } from '../src/client/index.js';

const [address, count, subscribeAddress = address, pauseMs] = process.argv.slice(2);
const SUBJECT = 'bench.latency';

async function main(): Promise<void> {
  const client = connect({ address: subscribeAddress! });
  const publisher = connect({ address: address! });
  const latencies: number[] = [];
  const warmUp = Math.min(500, Number(count) / 10);
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
    if (latencies.length === warmUp + Number(count)) break;
    if (pauseMs === undefined) setImmediate(next);
    else setTimeout(next, Math.random() * Number(pauseMs));
  }
  const sorted = latencies.slice(warmUp).sort((a, b) => a - b);
  const at = (rank: number): number => sorted[Math.floor(sorted.length * rank)]!;
  publisher.close();
  client.close();
  process.stdout.write(`${JSON.stringify({ p50: at(0.5), p99: at(0.99) })}\n`);
}

void main();
