import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { tracing as sdk } from '@opentelemetry/sdk-node';
import { BrokerError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/clock.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { Header } from '../../../src/core/message.js';
import { OpenTelemetryTracing } from '../../../src/telemetry/tracing.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const UNSAMPLED = `00-${TRACE_ID}-00f067aa0ba902b7-00`;
const OTHER = '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01';

let opened: OpenTelemetryTracing | undefined;

function setUp(sampleRatio = 1) {
  const exporter = new sdk.InMemorySpanExporter();
  const shutdown = exporter.shutdown.bind(exporter);
  let spans: sdk.ReadableSpan[] = [];
  // The exporter forgets its spans when it is shut down, which is also what makes it export them.
  exporter.shutdown = () => {
    spans = exporter.getFinishedSpans();
    return shutdown();
  };
  const tracing = new OpenTelemetryTracing({
    exporter,
    sampleRatio,
    version: '1.2.3',
    logger: NO_LOGGER,
    clock: systemClock,
    stopTimeoutMs: 5_000,
  });
  opened = tracing;
  const exported = async () => {
    await tracing.stop();
    return spans;
  };
  return { tracing, exported };
}

function message(subject: string, ...headers: Header[]) {
  return { subject, headers };
}

afterEach(async () => {
  await opened?.stop();
  opened = undefined;
});

describe('publish span', () => {
  it('continues the trace of the call and carries it on in the message', async () => {
    const { tracing, exported } = setUp(0);
    const published = message('orders.42', ['a', 'b']);
    const span = tracing.startPublish({ carrier: { traceparent: CALLER }, messages: [published] });
    expect(span?.ids?.trace_id).toBe(TRACE_ID);
    expect(span?.carry(published.headers)).toEqual([
      ['a', 'b'],
      ['traceparent', CALLER],
    ]);
    span?.end();
    const [exportedSpan] = await exported();
    expect(exportedSpan).toMatchObject({
      name: 'publish orders.{id}',
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE_ID, spanId: '00f067aa0ba902b7' },
      attributes: {
        'messaging.system': 'waybill',
        'messaging.destination.name': 'orders.42',
        'messaging.destination.template': 'orders.{id}',
        'messaging.batch.message_count': 1,
      },
    });
    expect(exportedSpan?.resource.attributes).toMatchObject({ 'service.name': 'waybill', 'service.version': '1.2.3' });
  });

  it("continues the message's own context when the call has none, and leaves it as it is", async () => {
    const { tracing, exported } = setUp(0);
    const published = message('a', ['traceparent', CALLER]);
    const span = tracing.startPublish({ carrier: undefined, messages: [published] });
    expect(span?.carry(published.headers)).toBe(published.headers);
    span?.end();
    expect((await exported())[0]?.parentSpanContext?.traceId).toBe(TRACE_ID);
  });

  it('prefers the call as the parent and links the message', async () => {
    const { tracing, exported } = setUp();
    const published = message('a', ['traceparent', OTHER]);
    const span = tracing.startPublish({ carrier: { traceparent: CALLER }, messages: [published] });
    expect(span?.carry(published.headers)).toBe(published.headers);
    span?.end();
    const [exportedSpan] = await exported();
    expect(exportedSpan?.parentSpanContext?.traceId).toBe(TRACE_ID);
    expect(exportedSpan?.links.map(({ context }) => context.spanId)).toEqual(['bbbbbbbbbbbbbbbb']);
  });

  it('begins a trace when there is none and carries that on', async () => {
    const { tracing, exported } = setUp();
    const span = tracing.startPublish({ carrier: undefined, messages: [message('a')] });
    const [[name, value] = []] = span?.carry([]) ?? [];
    expect([name, value]).toEqual(['traceparent', `00-${span?.ids?.trace_id}-${span?.ids?.span_id}-01`]);
    span?.end();
    expect((await exported())[0]?.parentSpanContext).toBeUndefined();
  });

  it('records nothing of an unsampled call but carries its context on', async () => {
    const { tracing, exported } = setUp();
    const span = tracing.startPublish({
      carrier: { traceparent: UNSAMPLED, tracestate: 'v=1' },
      messages: [message('a')],
    });
    expect(span?.ids).toBeUndefined();
    expect(span?.carry([])).toEqual([
      ['traceparent', UNSAMPLED],
      ['tracestate', 'v=1'],
    ]);
    span?.end();
    expect(await exported()).toEqual([]);
  });

  it('is absent when nothing is sampled and there is nothing to carry', () => {
    const { tracing } = setUp(0);
    expect(tracing.startPublish({ carrier: undefined, messages: [message('a')] })).toBeUndefined();
    expect(tracing.startPublish({ carrier: { traceparent: 'nonsense' }, messages: [message('a')] })).toBeUndefined();
    const unsampled = message('a', ['traceparent', UNSAMPLED]);
    expect(tracing.startPublish({ carrier: undefined, messages: [unsampled] })).toBeUndefined();
  });

  it('names a batch of several subjects without one and links its messages', async () => {
    const { tracing, exported } = setUp(0);
    const messages = [message('a', ['traceparent', CALLER]), message('b'), message('c', ['traceparent', OTHER])];
    tracing.startPublish({ carrier: undefined, messages })?.end();
    const [span] = await exported();
    expect(span?.name).toBe('publish');
    expect(span?.links).toHaveLength(2);
    expect(span?.attributes).not.toHaveProperty('messaging.destination.name');
  });

  it('tells that and why it failed', async () => {
    const { tracing, exported } = setUp();
    const span = tracing.startPublish({ carrier: undefined, messages: [message('a')] });
    span?.end(new BrokerError('STORAGE_FULL', 'storage is full'));
    expect((await exported())[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'storage is full' },
      attributes: { 'error.type': 'STORAGE_FULL' },
    });
  });
});

describe('flush and delivery spans', () => {
  it('link every sampled context once, in a trace of their own, whatever part is kept', async () => {
    const { tracing, exported } = setUp(0);
    const items = [
      message('a', ['traceparent', CALLER]),
      message('a', ['traceparent', CALLER]),
      message('a', ['traceparent', UNSAMPLED]),
      message('a', ['traceparent', OTHER]),
      message('a'),
    ];
    tracing.startFlush(items)?.end();
    tracing.startDelivery(items, 'live')?.end();
    const [flush, delivery] = await exported();
    expect(flush).toMatchObject({ name: 'flush a', kind: SpanKind.INTERNAL });
    expect(flush?.parentSpanContext).toBeUndefined();
    expect(flush?.links.map(({ context }) => context.traceId)).toEqual([TRACE_ID, OTHER.slice(3, 35)]);
    expect(delivery).toMatchObject({
      name: 'deliver a',
      kind: SpanKind.PRODUCER,
      attributes: { 'waybill.delivery.source': 'live', 'messaging.batch.message_count': 5 },
    });
    expect(delivery?.links).toHaveLength(2);
  });

  it('are absent when no message is sampled', () => {
    const { tracing } = setUp(1);
    const items = [message('a'), message('a', ['traceparent', UNSAMPLED]), message('a', ['x', CALLER])];
    expect(tracing.startFlush(items)).toBeUndefined();
    expect(tracing.startDelivery(items, 'log')).toBeUndefined();
  });
});

describe('storage span', () => {
  it('is a child of the span in whose run the operation began', async () => {
    const { tracing, exported } = setUp();
    const flush = tracing.startFlush([message('a', ['traceparent', CALLER])]);
    const append = flush?.run(() => {
      expect(tracing.activeIds()).toEqual(flush.ids);
      return tracing.startStorageOperation('append', 'memory');
    });
    expect(tracing.activeIds()).toBeUndefined();
    append?.end();
    flush?.end();
    const [storage] = await exported();
    expect(storage?.name).toBe('storage append');
    expect(storage?.parentSpanContext?.spanId).toBe(flush?.ids.span_id);
  });

  it('is absent outside of a run, also after one that threw', () => {
    const { tracing } = setUp();
    const flush = tracing.startFlush([message('a', ['traceparent', CALLER])]);
    expect(() =>
      flush?.run(() => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(tracing.startStorageOperation('append', 'memory')).toBeUndefined();
    flush?.end();
  });
});
