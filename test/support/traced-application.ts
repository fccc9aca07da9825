/**
 * Run as a process of its own: an application that traces with OpenTelemetry, as one that uses the client library does.
 * It subscribes, does one thing of each kind, and prints the trace ids by their names as JSON.
 */
import { context, trace, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { node, resources, tracing } from '@opentelemetry/sdk-node';
import { connect, EventBusClient, processMessage, type WaybillClient } from '../../src/client/index.js';
import { BODY, CREDENTIALS, type TracedCalls } from './traced-calls.js';

interface Addresses {
  readonly grpc: string;
  readonly eventBus: string;
  readonly collector: string;
}

const tracer = trace.getTracer('shop');

/** Runs `work` in a trace of its own and answers its id. */
async function traced(name: string, work: () => Promise<unknown>): Promise<string> {
  return tracer.startActiveSpan(name, async (span: Span) => {
    await work();
    span.end();
    return span.spanContext().traceId;
  });
}

async function callEverything(client: WaybillClient, eventBus: string): Promise<TracedCalls> {
  const subjects = ['orders.1', 'orders.2', 'orders.3'];
  const received = receive(client, subjects);
  await received.confirmed;
  const publish = await traced('checkout', () => client.publish({ subject: 'orders.1', body: BODY }));
  const batch = await traced('checkout', () => client.publishBatch([{ subject: 'orders.2', body: BODY }]));
  const stream = client.publishStream();
  await stream.ready();
  const frame = await traced('checkout', () => stream.send([{ subject: 'orders.3', body: BODY }]));
  await stream.close();
  await received.all;
  const refused = await traced('checkout', () =>
    client.publish({ subject: 'orders.1', body: BODY, ttlMs: 1e12 }).catch(() => undefined),
  );
  const fetch = await traced('look', () => client.fetch('orders.1', 1));
  await client.streams.create({ name: 'invoices' });
  const event = await traced('checkout', () => client.streams.write('invoices', `"${BODY}"`));
  const bus = await EventBusClient.connect({ address: eventBus, credentials: CREDENTIALS });
  const busEvent = await traced('checkout', () => bus.writeEvent('invoices', `"${BODY}"`));
  bus.close();
  return { publish, batch, frame, refused, event, busEvent, fetch };
}

/** Takes one message of each subject, each in a span of its own. */
function receive(client: WaybillClient, subjects: readonly string[]) {
  let confirm = (): void => {};
  const confirmed = new Promise<void>((resolve) => (confirm = resolve));
  const all = (async () => {
    for await (const event of client.subscribe({ subjects, maxMessages: subjects.length })) {
      if (event.kind === 'confirmed') confirm();
      if (event.kind !== 'batch') continue;
      for (const message of event.messages) await processMessage(message, () => trace.getSpan(context.active()));
    }
  })();
  return { confirmed, all };
}

async function main({ grpc, eventBus, collector }: Addresses): Promise<void> {
  const provider = new node.NodeTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'shop' }),
    spanProcessors: [new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: collector }))],
  });
  provider.register();
  const client = connect({ address: grpc, credentials: CREDENTIALS });
  const traces = await callEverything(client, eventBus);
  client.close();
  await provider.shutdown();
  process.stdout.write(JSON.stringify(traces));
}

const [, , grpc = '', eventBus = '', collector = ''] = process.argv;
void main({ grpc, eventBus, collector });
