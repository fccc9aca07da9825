import { Metadata } from '@grpc/grpc-js';
import { randomBytes } from 'node:crypto';
import { requireBackend, requireBackendAndTime } from '../../support/backends.js';
import { callTyped, createClient } from '../../support/grpc-client.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { Jaeger, type JaegerSpan } from '../../support/programs/jaeger.js';
import { TracedBroker } from '../../support/programs/traced-broker.js';
import { toolsMissing } from '../../support/tools.js';
import { BODY, CREDENTIALS } from '../../support/traced-calls.js';

const ALL_OF_A_PUBLISH = [
  'shop checkout',
  'shop publish orders.{id}',
  'waybill publish orders.{id}',
  'waybill flush orders.{id}',
  'waybill storage append',
  'waybill deliver orders.{id}',
  'shop process orders.{id}',
] as const;

let jaeger: Jaeger;
let broker: TracedBroker | undefined;

async function startJaeger(): Promise<void> {
  jaeger = await Jaeger.start();
}

afterEach(async () => {
  await broker?.dispose();
  broker = undefined;
});

function collector(): string {
  return `http://127.0.0.1:${jaeger.ports.otlpGrpc}`;
}

/** The only span of this service and name. */
function only(spans: readonly JaegerSpan[], service: string, name: string): JaegerSpan {
  const found = spans.filter((span) => span.service === service && span.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** From the span up to the root: `service name`. */
function ancestry(spans: readonly JaegerSpan[], span: JaegerSpan): readonly string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentId);
  const own = `${span.service} ${span.name}`;
  return parent === undefined ? [own] : [own, ...ancestry(spans, parent)];
}

/** Checks everything of a publish but the way from the application to the broker; answers the publish span. */
function expectPublish(spans: readonly JaegerSpan[]): JaegerSpan {
  const publish = only(spans, 'waybill', 'publish orders.{id}');
  const flush = only(spans, 'waybill', 'flush orders.{id}');
  expect(flush.parentId).toBe(publish.spanId);
  expect(only(spans, 'waybill', 'storage append').parentId).toBe(flush.spanId);
  expect(only(spans, 'waybill', 'deliver orders.{id}').parentId).toBe(publish.spanId);
  expect(publish.tags).toMatchObject({
    'span.kind': 'server',
    'messaging.system': 'waybill',
    'messaging.operation.name': 'publish',
    'messaging.destination.template': 'orders.{id}',
  });
  const text = JSON.stringify(spans);
  for (const secret of [BODY, CREDENTIALS.clientSecret]) expect(text).not.toContain(secret);
  return publish;
}

/** Publishes as so many callers at once, each in a trace of its own; answers the ids of these. */
async function publishTogether(address: string, count: number): Promise<readonly string[]> {
  const client = createClient(address);
  const types = { request: 'waybill.v1.PublishRequest', response: 'waybill.v1.PublishResponse' };
  const traceIds = Array.from({ length: count }, () => randomBytes(16).toString('hex'));
  const publishes = traceIds.map((traceId) => {
    const metadata = new Metadata();
    metadata.set('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-01`);
    const request = { subject: 'orders.1', body: Buffer.from(BODY) };
    return callTyped(client, '/waybill.v1.BrokerService/Publish', types, request, { metadata });
  });
  await Promise.all(publishes);
  client.close();
  return traceIds;
}

requireBackendAndTime('jaeger', toolsMissing('jaeger'))('a publish in Jaeger', () => {
  beforeAll(startJaeger, 60_000);
  afterAll(() => jaeger?.stop(), 30_000);

  const exporters: readonly [title: string, exporter: string, endpoint: () => string][] = [
    ['OTLP over gRPC', 'otlp', () => `grpc://127.0.0.1:${jaeger.ports.otlpGrpc}`],
    ['OTLP over HTTP', 'otlp', () => `http://127.0.0.1:${jaeger.ports.otlpHttp}`],
    ["Jaeger's agent over UDP", 'jaeger', () => `udp://127.0.0.1:${jaeger.ports.thriftBinary}`],
    ["Jaeger's collector over HTTP", 'jaeger', () => `http://127.0.0.1:${jaeger.ports.thriftHttp}`],
  ];

  it.each(exporters)(
    'is one trace from the publisher to the receiver by %s',
    async (_title, exporter, endpoint) => {
      broker = await TracedBroker.start({ WAYBILL_TRACING: exporter, WAYBILL_TRACING_ENDPOINT: endpoint() });
      const traces = await broker.runApplication(collector());
      await broker.stop();

      const spans = await jaeger.traceWith(traces.publish, ...ALL_OF_A_PUBLISH);
      const publish = expectPublish(spans);
      expect(ancestry(spans, publish)).toEqual([
        'waybill publish orders.{id}',
        'shop publish orders.{id}',
        'shop checkout',
      ]);
      const received = only(spans, 'shop', 'process orders.{id}');
      expect(received.parentId).toBe(publish.spanId);
      expect(spans).toHaveLength(ALL_OF_A_PUBLISH.length);

      for (const traceId of [traces.batch, traces.frame]) {
        const found = await jaeger.traceWith(traceId, ...ALL_OF_A_PUBLISH);
        expect(ancestry(found, expectPublish(found))).toContain('shop publish orders.{id}');
        expect(found).toHaveLength(ALL_OF_A_PUBLISH.length);
      }
    },
    120_000,
  );

  it('is that of an event too, a refusal tells its reason, and a read is seen with the storage', async () => {
    broker = await TracedBroker.start({
      WAYBILL_TRACING: 'otlp',
      WAYBILL_TRACING_ENDPOINT: `grpc://127.0.0.1:${jaeger.ports.otlpGrpc}`,
    });
    const traces = await broker.runApplication(collector());
    await broker.stop();

    const name = '$streams.invoices';
    const publish = `waybill publish ${name}`;
    const calls = [
      [traces.event, 'shop waybill.v1.StreamService/WriteEvent'],
      [traces.busEvent, `shop publish ${name}`],
    ] as const;
    for (const [traceId, call] of calls) {
      const spans = await jaeger.traceWith(traceId, call, publish, 'waybill storage append');
      const append = only(spans, 'waybill', 'storage append');
      expect(ancestry(spans, append)).toEqual([
        'waybill storage append',
        `waybill flush ${name}`,
        publish,
        call,
        'shop checkout',
      ]);
    }
    const refused = await jaeger.traceWith(traces.refused, 'waybill publish orders.{id}', 'shop publish orders.{id}');
    for (const service of ['waybill', 'shop']) {
      const { tags } = only(refused, service, 'publish orders.{id}');
      expect(tags).toMatchObject({ error: true, 'error.type': 'TTL_OUT_OF_RANGE' });
    }

    const fetch = 'waybill.v1.BrokerService/Fetch';
    const spans = await jaeger.traceWith(traces.fetch, `shop ${fetch}`, `waybill ${fetch}`, 'waybill storage get');
    expect(ancestry(spans, only(spans, 'waybill', 'storage get'))).toEqual([
      'waybill storage get',
      `waybill ${fetch}`,
      `shop ${fetch}`,
      'shop look',
    ]);
  }, 120_000);

  it('is in its own trace also where many publishes share a flush, which know each other by links', async () => {
    broker = await TracedBroker.start({
      WAYBILL_TRACING: 'otlp',
      WAYBILL_TRACING_ENDPOINT: `http://127.0.0.1:${jaeger.ports.otlpHttp}`,
      WAYBILL_BATCH_MAX_DELAY_MS: '200',
    });
    const traceIds = await publishTogether(broker.grpc, 3);
    await broker.stop();
    const flushes = [];
    for (const traceId of traceIds) {
      const spans = await jaeger.traceWith(traceId, 'waybill publish orders.{id}', 'waybill storage append');
      const flush = only(spans, 'waybill', 'flush orders.{id}');
      expect(only(spans, 'waybill', 'storage append').parentId).toBe(flush.spanId);
      expect(flush.tags['messaging.batch.message_count']).toBe(3);
      flushes.push(flush);
    }
    const first = flushes.find(({ links }) => links.length === 2);
    expect(flushes.filter((flush) => flush !== first).map(({ links }) => links)).toEqual([
      [{ traceId: first?.traceId, spanId: first?.spanId }],
      [{ traceId: first?.traceId, spanId: first?.spanId }],
    ]);
  }, 120_000);
});

requireBackend('envoy', toolsMissing('envoy', 'jaeger'))('a publish through Envoy in Jaeger', () => {
  let envoy: Envoy | undefined;

  beforeAll(startJaeger, 60_000);
  afterAll(async () => {
    await envoy?.stop();
    await jaeger?.stop();
  }, 30_000);

  it('is one trace: application, Envoy, publish, flush, storage, delivery, receiver', async () => {
    broker = await TracedBroker.start({
      WAYBILL_TRACING: 'otlp',
      WAYBILL_TRACING_ENDPOINT: `grpc://127.0.0.1:${jaeger.ports.otlpGrpc}`,
    });
    envoy = await Envoy.start({ brokers: [{ grpc: portOf(broker.grpc) }], otlpPort: jaeger.ports.otlpGrpc });
    await envoy.untilHealthy(1);
    const traces = await broker.runApplication(collector(), envoy.address);
    await broker.stop();

    // Envoy sends its spans every few seconds.
    const ofEnvoy = ['envoy ingress', 'envoy router waybill egress'];
    const spans = await jaeger.traceWith(traces.publish, ...ALL_OF_A_PUBLISH, ...ofEnvoy);
    expect(ancestry(spans, expectPublish(spans))).toEqual([
      'waybill publish orders.{id}',
      'envoy router waybill egress',
      'envoy ingress',
      'shop publish orders.{id}',
      'shop checkout',
    ]);
    expect(spans).toHaveLength(ALL_OF_A_PUBLISH.length + ofEnvoy.length);
  }, 120_000);
});
