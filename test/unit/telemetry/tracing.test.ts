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
const OTHER_ID = 'a'.repeat(32);
const OTHER = `00-${OTHER_ID}-bbbbbbbbbbbbbbbb-01`;

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
      ['traceparent', `00-${TRACE_ID}-${span?.ids?.span_id}-01`],
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

  it('carries on no more than the context of a caller who sends a long one', () => {
    const { tracing } = setUp();
    const long = `01${UNSAMPLED.slice(2)}-${'x'.repeat(10_000)}`;
    const span = tracing.startPublish({ carrier: { traceparent: long }, messages: [message('a')] });
    expect(span?.carry([])).toEqual([['traceparent', UNSAMPLED]]);
  });

  it('does not keep a subject that is too long to be one', async () => {
    const { tracing, exported } = setUp();
    tracing.startPublish({ carrier: undefined, messages: [message('a.'.repeat(100_000))] })?.end();
    const [span] = await exported();
    expect(span?.name).toBe('publish');
    expect(JSON.stringify(span?.attributes).length).toBeLessThan(1000);
  });

  it('is absent when nothing is sampled and there is nothing to carry', () => {
    const { tracing } = setUp(0);
    expect(tracing.startPublish({ carrier: undefined, messages: [message('a')] })).toBeUndefined();
    expect(tracing.startPublish({ carrier: { traceparent: 'nonsense' }, messages: [message('a')] })).toBeUndefined();
    const unsampled = message('a', ['traceparent', UNSAMPLED]);
    expect(tracing.startPublish({ carrier: undefined, messages: [unsampled] })).toBeUndefined();
  });

  it('names a batch of several subjects without one, and lies in the trace of each of its messages', async () => {
    const { tracing, exported } = setUp(0);
    const messages = [message('a', ['traceparent', CALLER]), message('b'), message('c', ['traceparent', OTHER])];
    const span = tracing.startPublish({ carrier: undefined, messages });
    expect(messages.map(({ headers }) => span?.carry(headers))).toEqual(messages.map(({ headers }) => headers));
    span?.end();
    const [first, second] = await exported();
    expect(first?.name).toBe('publish');
    expect(first?.attributes).not.toHaveProperty('messaging.destination.name');
    expect([first, second].map((one) => one?.parentSpanContext?.traceId)).toEqual([TRACE_ID, OTHER_ID]);
    expect(first?.links.map(({ context }) => context.traceId)).toEqual([OTHER_ID]);
    expect(second?.links.map(({ context }) => context)).toEqual([first?.spanContext()]);
  });

  it('of a frame begins a trace of its own, linked to the stream, and none when the stream is not sampled', async () => {
    const { tracing, exported } = setUp();
    const messages = [message('a')];
    expect(tracing.startPublish({ carrier: { traceparent: UNSAMPLED }, messages, frame: true })).toBeUndefined();
    const span = tracing.startPublish({ carrier: { traceparent: CALLER }, messages, frame: true });
    expect(span?.carry([])).toEqual([['traceparent', `00-${span?.ids?.trace_id}-${span?.ids?.span_id}-01`]]);
    span?.end();
    const own = [message('a', ['traceparent', OTHER])];
    tracing.startPublish({ carrier: { traceparent: UNSAMPLED }, messages: own, frame: true })?.end();
    const [frame, child] = await exported();
    expect(frame?.parentSpanContext).toBeUndefined();
    expect(frame?.links.map(({ context }) => context.traceId)).toEqual([TRACE_ID]);
    expect(child?.parentSpanContext?.traceId).toBe(OTHER_ID);
  });

  it('of a frame of a sampled stream draws by the ratio', () => {
    const { tracing } = setUp(0);
    const call = { carrier: { traceparent: CALLER }, messages: [message('a')], frame: true };
    expect(tracing.startPublish(call)).toBeUndefined();
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
  it('lie in the trace of each sampled message, whatever part is kept, and know each other by links', async () => {
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
    const [flush, otherFlush, delivery, otherDelivery] = await exported();
    expect(flush).toMatchObject({ name: 'flush a', kind: SpanKind.INTERNAL });
    expect(flush?.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: '00f067aa0ba902b7' });
    expect(flush?.links.map(({ context }) => context.traceId)).toEqual([OTHER_ID]);
    expect(otherFlush?.parentSpanContext?.traceId).toBe(OTHER_ID);
    expect(otherFlush?.links.map(({ context }) => context)).toEqual([flush?.spanContext()]);
    expect(delivery).toMatchObject({
      name: 'deliver a',
      kind: SpanKind.PRODUCER,
      attributes: { 'waybill.delivery.source': 'live', 'messaging.batch.message_count': 5 },
    });
    expect(otherDelivery?.parentSpanContext?.traceId).toBe(OTHER_ID);
  });

  it('belong below the publish span, also of a message that keeps the context it came with', async () => {
    const { tracing, exported } = setUp();
    const own = message('a', ['traceparent', `00-${TRACE_ID}-1111111111111111-01`]);
    const without = message('a');
    const spans = [own, without].map((published) => {
      const publish = tracing.startPublish({ carrier: { traceparent: CALLER }, messages: [published] });
      tracing.startFlush([{ subject: 'a', headers: publish?.carry(published.headers) ?? [] }])?.end();
      publish?.end();
      return publish;
    });
    const flushes = (await exported()).filter(({ name }) => name === 'flush a');
    expect(flushes.map((flush) => flush.parentSpanContext?.spanId)).toEqual(spans.map((span) => span?.ids?.span_id));
  });

  it('are bounded, however many messages are sampled', async () => {
    const { tracing, exported } = setUp();
    const items = Array.from({ length: 200 }, (_, index) => {
      const id = (index + 1).toString(16).padStart(16, '0');
      return message('a', ['traceparent', `00-${id}${id}-${id}-01`]);
    });
    const flush = tracing.startFlush(items);
    flush?.run(() => tracing.startStorageOperation('append', 'postgres'))?.end();
    flush?.end();
    const spans = await exported();
    const flushes = spans.filter(({ name }) => name === 'flush a');
    const appends = spans.filter(({ name }) => name === 'storage append');
    expect(flushes).toHaveLength(16);
    expect(flushes.map(({ links }) => links.length)).toEqual([127, ...Array<number>(15).fill(1)]);
    expect(appends.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
      flushes.map((span) => span.spanContext().spanId),
    );
    expect(appends[0]).toMatchObject({ kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } });
  });

  it('are absent when no message is sampled', () => {
    const { tracing } = setUp(1);
    const items = [message('a'), message('a', ['traceparent', UNSAMPLED]), message('a', ['x', CALLER])];
    expect(tracing.startFlush(items)).toBeUndefined();
    expect(tracing.startDelivery(items, 'log')).toBeUndefined();
  });
});

describe('call span', () => {
  it('continues the trace of a sampled caller', async () => {
    const { tracing, exported } = setUp(0);
    const method = 'waybill.v1.BrokerService/Fetch';
    const span = tracing.startCall({ system: 'grpc', method, carrier: { traceparent: CALLER } });
    span?.run(() => tracing.startStorageOperation('get', 'memory'))?.end();
    span?.end(new BrokerError('MESSAGE_NOT_FOUND', 'no such message'));
    const [storage, call] = await exported();
    expect(call).toMatchObject({
      name: method,
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE_ID },
      attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method, 'error.type': 'MESSAGE_NOT_FOUND' },
    });
    expect(storage?.parentSpanContext?.spanId).toBe(span?.ids.span_id);
  });

  it('is absent without a sampled caller', () => {
    const { tracing } = setUp();
    const call = { system: 'event_bus', method: 'get_stream_info' } as const;
    expect(tracing.startCall({ ...call, carrier: undefined })).toBeUndefined();
    expect(tracing.startCall({ ...call, carrier: { traceparent: UNSAMPLED } })).toBeUndefined();
    expect(tracing.startCall({ ...call, carrier: { traceparent: 'nonsense' } })).toBeUndefined();
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
