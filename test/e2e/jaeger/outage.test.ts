import { Metadata } from '@grpc/grpc-js';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from '../../../src/client/index.js';
import { requireBackendAndTime } from '../../support/backends.js';
import { callTyped, createClient } from '../../support/grpc-client.js';
import { Jaeger } from '../../support/programs/jaeger.js';
import { TracedBroker } from '../../support/programs/traced-broker.js';
import { toolsMissing } from '../../support/tools.js';

const PUBLISH = { request: 'waybill.v1.PublishRequest', response: 'waybill.v1.PublishResponse' };

const LOST = 'traces cannot be exported, spans are lost';
const AGAIN = 'traces are exported again';

/** Spans of 60,000 frames have been seen to take 118 MiB where all of them may wait, and 25 MiB where 2,048 may. */
const FRAMES = 100_000;
const MAX_GROWTH_BYTES = 90 * 1024 * 1024;

/** Publishes in a trace of its own and answers its id. */
async function publishTraced(address: string): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const metadata = new Metadata();
  metadata.set('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-01`);
  const client = createClient(address);
  const request = { subject: 'orders', body: Buffer.from('x') };
  await callTyped(client, '/waybill.v1.BrokerService/Publish', PUBLISH, request, { metadata });
  client.close();
  return traceId;
}

/** Publishes what is not kept, so that only spans could stay behind. */
async function publishFrames(address: string, count: number): Promise<void> {
  const client = connect({ address, ownConnection: true });
  const stream = client.publishStream();
  const sent: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    await stream.ready();
    sent.push(stream.send([{ subject: 'orders', body: 'x', fireAndForget: true }]));
  }
  await Promise.all(sent);
  await stream.close();
  client.close();
}

function residentBytes(broker: TracedBroker): number {
  const status = readFileSync(`/proc/${broker.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

requireBackendAndTime('jaeger', toolsMissing('jaeger'))('a collector that is down', () => {
  let jaeger: Jaeger;
  let broker: TracedBroker | undefined;

  beforeEach(async () => {
    jaeger = await Jaeger.start();
  }, 60_000);

  afterEach(async () => {
    await broker?.dispose();
    await jaeger.stop();
  }, 60_000);

  const exporters: readonly [title: string, exporter: string, endpoint: () => string][] = [
    ['OTLP over gRPC', 'otlp', () => `grpc://127.0.0.1:${jaeger.ports.otlpGrpc}`],
    ['OTLP over HTTP', 'otlp', () => `http://127.0.0.1:${jaeger.ports.otlpHttp}`],
    ["Jaeger's collector over HTTP", 'jaeger', () => `http://127.0.0.1:${jaeger.ports.thriftHttp}`],
  ];

  it.each(exporters)(
    'costs a warning and the spans of that time by %s',
    async (_title, exporter, endpoint) => {
      broker = await TracedBroker.start({ WAYBILL_TRACING: exporter, WAYBILL_TRACING_ENDPOINT: endpoint() });
      const first = await publishTraced(broker.grpc);
      await jaeger.traceWith(first, 'waybill publish orders');

      await jaeger.kill();
      await publishTraced(broker.grpc);
      await broker.process.printed(LOST);
      await publishFrames(broker.grpc, 5000);
      expect(occurrences(broker.process.stdout, LOST)).toBe(1);

      await jaeger.restart();
      await publishTraced(broker.grpc);
      await broker.process.printed(AGAIN);
      const last = await publishTraced(broker.grpc);
      await broker.stop();
      await jaeger.traceWith(last, 'waybill publish orders');
      expect(occurrences(broker.process.stdout, AGAIN)).toBe(1);
    },
    300_000,
  );

  it('costs no memory when it takes connections and never answers', async () => {
    const endpoint = `http://127.0.0.1:${jaeger.ports.otlpHttp}`;
    broker = await TracedBroker.start({ WAYBILL_TRACING: 'otlp', WAYBILL_TRACING_ENDPOINT: endpoint });
    jaeger.pause();
    await publishFrames(broker.grpc, FRAMES / 10);
    const before = residentBytes(broker);
    await publishFrames(broker.grpc, FRAMES);
    expect(residentBytes(broker) - before).toBeLessThan(MAX_GROWTH_BYTES);
  }, 300_000);
});
