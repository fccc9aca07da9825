import type { tracing } from '@opentelemetry/sdk-node';

export type SpanExporter = tracing.SpanExporter;

export interface TraceExporterOptions {
  readonly exporter: 'otlp' | 'jaeger';
  /**
   * URL of the collector; its scheme chooses the protocol and an absent path is the usual one. OTLP: `http`, `https`
   * (Protobuf over HTTP, path `/v1/traces`), `grpc`, `grpcs`. Jaeger: `http`, `https` (Thrift over HTTP, path
   * `/api/traces`), `udp` (Thrift to the agent). Undefined leaves it to the exporter: its `OTEL_EXPORTER_…` variables or
   * the usual port on this machine (OTLP over HTTP 4318, Jaeger's agent over UDP 6832).
   */
  readonly endpoint: string | undefined;
}

/** The exporter leaves a timer of this length behind; everything has been sent by then, because each export flushes. */
const JAEGER_FLUSH_MS = 200;

/**
 * Only the chosen exporter is loaded: the one for Jaeger brings an archived client library. It has to be made here, since
 * the SDK ignores `OTEL_TRACES_EXPORTER=jaeger` and would export nothing.
 */
export async function createTraceExporter({ exporter, endpoint }: TraceExporterOptions): Promise<SpanExporter> {
  const url = endpoint === undefined ? undefined : new URL(endpoint);
  if (exporter === 'jaeger') {
    const { JaegerExporter } = await import('@opentelemetry/exporter-jaeger');
    return new JaegerExporter({ flushTimeout: JAEGER_FLUSH_MS, ...(url === undefined ? {} : jaegerTarget(url)) });
  }
  if (url?.protocol === 'grpc:' || url?.protocol === 'grpcs:') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter({ url: `${url.protocol === 'grpcs:' ? 'https' : 'http'}://${url.host}` });
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter(url === undefined ? {} : { url: withPath(url, '/v1/traces') });
}

function jaegerTarget(url: URL): { endpoint: string } | { host: string; port?: number } {
  if (url.protocol !== 'udp:') return { endpoint: withPath(url, '/api/traces') };
  return { host: url.hostname, ...(url.port === '' ? {} : { port: Number(url.port) }) };
}

function withPath(url: URL, usual: string): string {
  const result = new URL(url);
  if (result.pathname === '/') result.pathname = usual;
  return result.href;
}
