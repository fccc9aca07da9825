import { totalmem } from 'node:os';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { ManualClock } from '../../support/manual-clock.js';

const PUBLISH = {
  path: '/waybill.v1.BrokerService/Publish',
  service: 'waybill.v1.BrokerService',
  name: 'Publish',
  kind: 'unary',
} as const;

function setUp() {
  const clock = new ManualClock();
  const metrics = createMetrics({ version: '1.2.3', storage: 'memory', clock });
  /** The value of one series, named as in the text format; undefined when it is absent. */
  const value = async (series: string) => {
    const line = (await metrics.render()).split('\n').find((text) => text.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  return { clock, metrics, value };
}

describe('metrics', () => {
  it('tells the version and what the process does', async () => {
    const { value, metrics } = setUp();
    expect(await value('waybill_build_info{version="1.2.3"}')).toBe(1);
    const text = await metrics.render();
    for (const name of [
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
    ]) {
      expect(text).toContain(`# TYPE ${name} `);
    }
  });

  it('counts published, failed and delivered messages', async () => {
    const { metrics, value } = setUp();
    metrics.broker.published(3, 300);
    metrics.broker.published(2, 50);
    metrics.broker.publishFailed('STORAGE_FULL', 4);
    metrics.broker.delivered('live', 7);
    metrics.broker.delivered('log', 1);
    metrics.broker.delivered('live', 1);
    metrics.broker.fellBehind();

    expect(await value('waybill_messages_published_total')).toBe(5);
    expect(await value('waybill_published_bytes_total')).toBe(350);
    expect(await value('waybill_publish_failures_total{reason="STORAGE_FULL"}')).toBe(4);
    expect(await value('waybill_messages_delivered_total{source="live"}')).toBe(8);
    expect(await value('waybill_messages_delivered_total{source="log"}')).toBe(1);
    expect(await value('waybill_fell_behind_total')).toBe(1);
  });

  it('counts wrong credentials and denied actions, and shows them before the first', async () => {
    const { metrics, value } = setUp();
    expect(await value('waybill_authentication_failures_total{protocol="grpc"}')).toBe(0);
    expect(await value('waybill_permission_denials_total{verb="mark_event"}')).toBe(0);
    metrics.auth.authenticationFailed('tcp');
    metrics.auth.authenticationFailed('tcp');
    metrics.auth.authenticationFailed('grpc');
    metrics.auth.actionDenied('publish');
    expect(await value('waybill_authentication_failures_total{protocol="tcp"}')).toBe(2);
    expect(await value('waybill_authentication_failures_total{protocol="grpc"}')).toBe(1);
    expect(await value('waybill_permission_denials_total{verb="publish"}')).toBe(1);
    expect(await value('waybill_permission_denials_total{verb="mark_event"}')).toBe(0);
  });

  it('shows what is in use and how much of it there may be', async () => {
    const { metrics, value } = setUp();
    expect(await value('waybill_pending_messages')).toBe(0);
    const limits = { maxPendingMessages: 50, maxPendingBytes: 5_000, maxSubscriptions: 7 };
    metrics.load.watchBroker({ pendingMessages: 3, pendingBytes: 300, feeds: 2, limits });
    const server = { connections: 4, maxConnections: 9, refusedConnections: 1, certificateExpiresMs: undefined };
    metrics.load.watchServer('grpc', { ...server, certificateExpiresMs: 1_500 });
    metrics.load.watchServer('tcp', server);

    expect(await value('waybill_pending_messages')).toBe(3);
    expect(await value('waybill_pending_bytes')).toBe(300);
    expect(await value('waybill_max_pending_messages')).toBe(50);
    expect(await value('waybill_max_pending_bytes')).toBe(5_000);
    expect(await value('waybill_max_subscriptions')).toBe(7);
    expect(await value('waybill_feeds')).toBe(2);
    expect(await value('waybill_grpc_connections')).toBe(4);
    expect(await value('waybill_max_grpc_connections')).toBe(9);
    expect(await value('waybill_max_tcp_connections')).toBe(9);
    expect(await value('waybill_connections_refused_total{protocol="grpc"}')).toBe(1);
    expect(await value('waybill_tls_certificate_expiry_timestamp_seconds{protocol="grpc"}')).toBe(1.5);
    expect(await value('waybill_tls_certificate_expiry_timestamp_seconds{protocol="tcp"}')).toBeUndefined();
  });

  it('knows how much memory there is', async () => {
    const { value } = setUp();
    const [memory, heap] = [await value('waybill_memory_limit_bytes'), await value('waybill_heap_limit_bytes')];
    expect(memory).toBeGreaterThan((await value('process_resident_memory_bytes')) ?? Number.NaN);
    expect(memory).toBeLessThanOrEqual(totalmem());
    expect(heap).toBeGreaterThan((await value('nodejs_heap_size_used_bytes')) ?? Number.NaN);
  });

  it('counts failures that are the fault of the broker from zero', async () => {
    const { value } = setUp();
    expect(await value('waybill_publish_failures_total{reason="DATA_LOSS"}')).toBe(0);
    expect(await value('waybill_publish_failures_total{reason="SUBJECT_INVALID"}')).toBeUndefined();
  });

  it('answers the same counts however often it is asked', async () => {
    const { metrics, value } = setUp();
    metrics.broker.published(3, 300);
    await metrics.render();
    await metrics.render();
    expect(await value('waybill_messages_published_total')).toBe(3);
  });

  it('shows open subscriptions under the own and the original name', async () => {
    const { metrics, value } = setUp();
    metrics.broker.subscriptionOpened();
    metrics.broker.subscriptionOpened();
    metrics.broker.subscriptionClosed();
    expect(await value('waybill_active_subscribers')).toBe(1);
    expect(await value('active_subscribers')).toBe(1);
  });

  it('distributes flushes by messages, bytes and duration', async () => {
    const { metrics, value } = setUp();
    metrics.broker.flushed(100, 10_000, 0.002);
    metrics.broker.deliveryLatency(0.0003);
    metrics.broker.deliveryLatency(-0.001);
    expect(await value('waybill_batch_messages_sum')).toBe(100);
    expect(await value('waybill_batch_bytes_sum')).toBe(10_000);
    expect(await value('waybill_flush_duration_seconds_sum')).toBe(0.002);
    expect(await value('waybill_delivery_latency_seconds_count')).toBe(2);
    expect(await value('waybill_delivery_latency_seconds_sum')).toBe(0.0003);
  });

  it('measures storage operations and names why they failed', async () => {
    const { metrics, value } = setUp();
    metrics.storage.storageOperation('append', 0.25, undefined);
    metrics.storage.storageOperation('append', 0.25, 'STORAGE_FULL');
    const labels = 'operation="append",storage="memory"';
    expect(await value(`waybill_storage_operation_duration_seconds_sum{${labels}}`)).toBe(0.5);
    expect(await value(`waybill_storage_operation_errors_total{${labels},reason="STORAGE_FULL"}`)).toBe(1);
  });

  it('counts calls by method and status as go-grpc-prometheus does', async () => {
    const { metrics, value } = setUp();
    metrics.grpc.callStarted(PUBLISH);
    metrics.grpc.callStarted(PUBLISH);
    metrics.grpc.callStarted(PUBLISH);
    metrics.grpc.callEnded(PUBLISH, 0, 0.5);
    metrics.grpc.callEnded(PUBLISH, 3, 0.25);
    const labels = 'grpc_service="waybill.v1.BrokerService",grpc_method="Publish",grpc_type="unary"';
    expect(await value(`grpc_server_started_total{${labels}}`)).toBe(3);
    expect(await value(`grpc_server_handled_total{${labels},grpc_code="OK"}`)).toBe(1);
    expect(await value(`grpc_server_handled_total{${labels},grpc_code="InvalidArgument"}`)).toBe(1);
    expect(await value(`grpc_server_handling_seconds_sum{${labels}}`)).toBe(0.75);
  });

  it('keeps the metrics of the original broker for both contracts', async () => {
    const { metrics, value } = setUp();
    metrics.grpc.callEnded(PUBLISH, 0, 0.5);
    metrics.grpc.callEnded({ ...PUBLISH, path: '/broker.Broker/Publish', service: 'broker.Broker' }, 14, 0.25);
    metrics.grpc.callEnded(
      { ...PUBLISH, path: '/grpc.health.v1.Health/Check', service: 'grpc.health.v1.Health' },
      0,
      1,
    );
    expect(await value('method_count{method="Publish",success="true"}')).toBe(1);
    expect(await value('method_count{method="Publish",success="false"}')).toBe(1);
    expect(await value('method_duration_count{method="Publish"}')).toBe(2);
    expect(await value('method_duration_sum{method="Publish"}')).toBe(0.75);
  });

  it('takes quantiles of the last minutes only', async () => {
    const { clock, metrics, value } = setUp();
    for (let call = 1; call <= 100; call++) metrics.grpc.callEnded(PUBLISH, 0, call / 100);
    expect(await value('method_duration{quantile="0.5",method="Publish"}')).toBeCloseTo(0.5, 2);
    expect(await value('method_duration{quantile="0.99",method="Publish"}')).toBeCloseTo(0.99, 2);

    clock.advance(5 * 60_000);
    expect(await value('method_duration{quantile="0.5",method="Publish"}')).toBeCloseTo(0.5, 2);
    metrics.grpc.callEnded(PUBLISH, 0, 4);
    clock.advance(5 * 60_000);
    expect(await value('method_duration{quantile="0.5",method="Publish"}')).toBeCloseTo(4, 2);
    clock.advance(60 * 60_000);
    expect(await value('method_duration{quantile="0.5",method="Publish"}')).toBeNaN();
    expect(await value('method_duration_count{method="Publish"}')).toBe(101);
  });

  it('counts connections and requests of the event bus', async () => {
    const { metrics, value } = setUp();
    metrics.tcp.connectionOpened();
    metrics.tcp.connectionOpened();
    metrics.tcp.connectionClosed();
    metrics.tcp.requestHandled('write_event', 'ok', 0.25);
    metrics.tcp.requestHandled('write_event', 'ok', 0.5);
    metrics.tcp.requestHandled('write_event', 'failed', 1);
    metrics.tcp.requestHandled('decode_request', 'failed', 1);
    expect(await value('waybill_tcp_connections')).toBe(1);
    expect(await value('waybill_tcp_requests_total{operation="write_event",outcome="ok"}')).toBe(2);
    expect(await value('waybill_tcp_requests_total{operation="write_event",outcome="failed"}')).toBe(1);
    expect(await value('waybill_tcp_requests_total{operation="decode_request",outcome="failed"}')).toBe(1);
    expect(await value('waybill_tcp_request_duration_seconds_sum{operation="write_event"}')).toBe(1.75);
  });

  it('has no label that a client can choose', async () => {
    const { metrics } = setUp();
    metrics.broker.publishFailed('SUBJECT_INVALID', 1);
    metrics.broker.delivered('live', 1);
    metrics.storage.storageOperation('get', 1, 'STORAGE_UNAVAILABLE');
    metrics.grpc.callStarted(PUBLISH);
    metrics.grpc.callEnded(PUBLISH, 0, 1);
    metrics.tcp.requestHandled('write_event', 'ok', 1);
    const lines = (await metrics.render()).split('\n').filter((line) => /^(waybill|grpc|method|active)_/.test(line));
    const labels = new Set(lines.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label)));
    expect(labels).toEqual(
      new Set([
        'grpc_code',
        'grpc_method',
        'grpc_service',
        'grpc_type',
        'le',
        'method',
        'operation',
        'outcome',
        'protocol',
        'quantile',
        'rate',
        'reason',
        'source',
        'storage',
        'success',
        'verb',
        'version',
        'what',
      ]),
    );
  });
});
