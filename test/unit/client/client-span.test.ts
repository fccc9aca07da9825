import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { node, tracing as sdk } from '@opentelemetry/sdk-node';
import { ClientSpan, describeCall, describePublish } from '../../../src/client/client-span.js';
import { messageContext, processMessage, withContextOf } from '../../../src/client/message-context.js';
import { WaybillError } from '../../../src/client/waybill-error.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

function received(headers: Readonly<Record<string, string>>) {
  return {
    subject: 'orders.42',
    id: 1,
    body: Buffer.alloc(0),
    headers: new Map(Object.entries(headers)),
    publishTimeUs: 1,
    expireTimeUs: 0,
  };
}

describe('without an SDK', () => {
  it('nothing is sent and work runs as it is', async () => {
    const span = ClientSpan.start(describePublish([{ subject: 'a' }]));
    expect(span.isRecorded).toBe(false);
    expect(span.headers()).toEqual(new Map());
    const messages = [{ subject: 'a', body: '' }];
    expect(withContextOf(span, messages)).toBe(messages);
    expect(await processMessage(received({ traceparent: TRACEPARENT }), () => 7)).toBe(7);
  });
});

describe('with the SDK of the application', () => {
  const exporter = new sdk.InMemorySpanExporter();

  beforeAll(() => {
    new node.NodeTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] }).register();
  });

  afterEach(() => exporter.reset());

  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('a call is a child of what is active, and sends its own context', async () => {
    const outer = trace.getTracer('test').startSpan('outer');
    const headers = await context.with(trace.setSpan(context.active(), outer), async () => {
      const span = ClientSpan.start(describeCall('/waybill.v1.BrokerService/Fetch'));
      return span.around(() => span.headers());
    });
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      name: 'waybill.v1.BrokerService/Fetch',
      kind: SpanKind.CLIENT,
      attributes: { 'rpc.system.name': 'grpc', 'rpc.method': 'waybill.v1.BrokerService/Fetch' },
    });
    const { traceId, spanId } = span!.spanContext();
    expect(span?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
    expect(headers.get('traceparent')).toBe(`00-${traceId}-${spanId}-01`);
  });

  it('a failure is told with its reason', async () => {
    const failure = new WaybillError(8, 'too much', { reason: 'STORAGE_FULL' });
    const span = ClientSpan.start(describePublish([{ subject: 'a' }, { subject: 'b' }]));
    await expect(span.around(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        name: 'publish',
        kind: SpanKind.PRODUCER,
        status: { code: SpanStatusCode.ERROR, message: 'too much' },
        attributes: { 'error.type': 'STORAGE_FULL', 'messaging.batch.message_count': 2 },
      },
    ]);
  });

  it('messages of a frame carry its context, but for those that bring their own', () => {
    const span = ClientSpan.start(describePublish([{ subject: 'a' }]));
    const [first, second] = withContextOf(span, [
      { subject: 'a', body: '', headers: [['x', 'y']] },
      { subject: 'a', body: '', headers: new Map([['traceparent', TRACEPARENT]]) },
    ]);
    expect([...(first?.headers ?? [])]).toEqual([...span.headers(), ['x', 'y']]);
    expect([...(second?.headers ?? [])]).toEqual([['traceparent', TRACEPARENT]]);
    span.end();
  });

  it('a receiver continues the trace that the message carries', async () => {
    const message = received({ traceparent: TRACEPARENT });
    expect(trace.getSpanContext(messageContext(message))?.traceId).toBe(TRACE_ID);
    const active = await processMessage(message, () => trace.getActiveSpan()?.spanContext().traceId);
    expect(active).toBe(TRACE_ID);
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'process orders.{id}', kind: SpanKind.CONSUMER, parentSpanContext: { spanId: '00f067aa0ba902b7' } },
    ]);
  });

  it('a receiver that fails ends its span as failed', async () => {
    const failure = new TypeError('no such field');
    await expect(processMessage(received({}), () => Promise.reject(failure))).rejects.toBe(failure);
    expect(exporter.getFinishedSpans()).toMatchObject([{ attributes: { 'error.type': 'TypeError' } }]);
  });
});
