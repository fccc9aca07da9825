/**
 * `npm run bench:tracing`: processor time of the broker for each message, without tracing and with several parts of the
 * traces kept. Processor time rather than throughput, so that what else runs on the machine does not matter much. Medians of
 * several rounds, in which the settings take turns.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type WaybillClient } from '../src/client/index.js';
import { Child } from './child.js';
import { MAIN } from './with-broker.js';

const ROUNDS = 5;
const CALLS = 5000;
const IN_FLIGHT = 64;
const FRAMES = 1000;
const FRAME_MESSAGES = 100;
const BODY = Buffer.alloc(100, 'x');

const RATIOS = [undefined, 0, 0.01, 1] as const;

/** Takes what is sent to it, like a collector that has nothing else to do. */
async function openCollector() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Seconds of processor time that the broker has used. */
async function cpuSeconds(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(/^process_cpu_seconds_total(?:\{.*\})? (\S+)/m.exec(text)?.[1]);
}

async function publishCalls(client: WaybillClient, calls: number): Promise<number> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await client.publish({ subject: 'bench', body: BODY });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  return calls;
}

async function publishFrames(client: WaybillClient, frames: number): Promise<number> {
  const stream = client.publishStream();
  const messages = Array.from({ length: FRAME_MESSAGES }, () => ({ subject: 'bench', body: BODY }));
  for (let i = 0; i < frames; i++) {
    await stream.ready();
    void stream.send(messages);
  }
  await stream.close();
  return frames * FRAME_MESSAGES;
}

/** Microseconds of processor time per message: by unary calls and by a stream. */
async function measure(ratio: number | undefined, collector: string): Promise<readonly [number, number]> {
  const tracing = ratio === undefined ? 'none' : 'otlp';
  const { child, address } = await Child.server(
    [MAIN, 'serve'],
    {
      WAYBILL_STORAGE: 'memory',
      WAYBILL_GRPC_ADDRESS: '127.0.0.1:0',
      WAYBILL_ADMIN_ADDRESS: '127.0.0.1:0',
      WAYBILL_TRACING: tracing,
      WAYBILL_TRACING_ENDPOINT: collector,
      WAYBILL_TRACING_SAMPLE_RATIO: String(ratio ?? 0),
      WAYBILL_MEMORY_MAX_SUBJECT_BYTES: '2GiB',
      WAYBILL_MEMORY_MAX_TOTAL_BYTES: '2GiB',
    },
    (line) => /ready: grpc (\S+, admin [^,\s]+)/.exec(line)?.[1],
  );
  const [grpc = '', admin = ''] = address.split(', admin ');
  const client = connect({ address: grpc });
  const perMessage = async (publish: (scale: number) => Promise<number>): Promise<number> => {
    await publish(0.1);
    const before = await cpuSeconds(admin);
    const messages = await publish(1);
    return (((await cpuSeconds(admin)) - before) / messages) * 1e6;
  };
  try {
    return [
      await perMessage((scale) => publishCalls(client, CALLS * scale)),
      await perMessage((scale) => publishFrames(client, FRAMES * scale)),
    ];
  } finally {
    client.close();
    await child.stop();
  }
}

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0).toFixed(2);
}

async function main(): Promise<void> {
  const collector = await openCollector();
  const results = RATIOS.map((ratio) => ({ ratio, unary: [] as number[], stream: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { ratio, unary, stream } of results) {
      const [byCalls, byFrames] = await measure(ratio, collector.url);
      unary.push(byCalls);
      stream.push(byFrames);
    }
  }
  collector.close();
  process.stdout.write('sample ratio   µs per unary publish   µs per streamed message\n');
  for (const { ratio, unary, stream } of results) {
    const name = ratio === undefined ? 'off' : String(ratio);
    process.stdout.write(`${name.padEnd(14)} ${median(unary).padStart(20)} ${median(stream).padStart(25)}\n`);
  }
}

void main();
