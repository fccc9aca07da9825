/**
 * Tracing by OpenTelemetry; see `core/tracing.ts` for what travels where. This file is loaded only when tracing is on.
 *
 * The SDK's parts are put together here instead of by its `NodeSDK`, which would register a context manager (its
 * `AsyncLocalStorage` slows every promise of the process on Node 20) and exporters of logs and metrics that nobody
 * configured. Nothing global is touched except the SDK's own diagnostics, which go to the log.
 *
 * Most publishes of a busy broker are not sampled, and an unsampled span of the SDK still costs 0.8 µs: the flag in
 * `traceparent` is looked at first.
 */
import {
  createTraceState,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Link,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { resources, tracing } from '@opentelemetry/sdk-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import {
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_DESTINATION_TEMPLATE,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
} from '@opentelemetry/semantic-conventions/incubating';
import type { Clock } from '../core/clock.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';
import type { PublishCall, PublishSpan, TracedMessage, TraceIds, TraceSpan, Tracing } from '../core/tracing.js';
import { LinkSampler } from './link-sampler.js';
import { carriedPublish, recordedPublish } from './publish-span.js';
import { ActiveSpans, RecordedSpan } from './recorded-span.js';
import { subjectTemplate } from './subject-template.js';
import { contextOfHeaders, isSampled, parseTraceparent } from './trace-context.js';
import type { SpanExporter } from './trace-exporter.js';

export interface TracingOptions {
  readonly exporter: SpanExporter;
  /** Part of the traces that begin here and are kept, 0 to 1. */
  readonly sampleRatio: number;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long stopping may wait for the collector. */
  readonly stopTimeoutMs: number;
}

/** As many links as the SDK keeps of one span. */
const MAX_LINKS = 128;

export class OpenTelemetryTracing implements Tracing, Running {
  readonly #provider: tracing.BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #active = new ActiveSpans();
  readonly #options: TracingOptions;
  #stopped: Promise<void> | undefined;

  constructor(options: TracingOptions) {
    this.#options = options;
    reportDiagnostics(options.logger);
    this.#provider = new tracing.BasicTracerProvider({
      sampler: new LinkSampler(options.sampleRatio),
      resource: resources
        .defaultResource()
        // No process detector: command lines hold secrets.
        .merge(resources.detectResources({ detectors: [resources.hostDetector, resources.envDetector] }))
        .merge(
          resources.resourceFromAttributes({
            [ATTR_SERVICE_NAME]: 'waybill',
            [ATTR_SERVICE_VERSION]: options.version,
          }),
        ),
      spanProcessors: [new tracing.BatchSpanProcessor(options.exporter)],
    });
    this.#tracer = this.#provider.getTracer('waybill', options.version);
  }

  startPublish({ carrier, messages }: PublishCall): PublishSpan | undefined {
    const caller = carrier === undefined ? undefined : parseTraceparent(carrier.traceparent);
    const [first] = messages;
    const own = messages.length === 1 && first !== undefined ? contextOfHeaders(first.headers) : undefined;
    const parent = caller ?? own;
    const carried = caller === undefined ? undefined : carrier;
    if (parent !== undefined && !isSampled(parent)) {
      return carried === undefined ? undefined : carriedPublish(carried);
    }
    const span = this.#tracer.startSpan(
      ...describe(
        'publish',
        'send',
        SpanKind.SERVER,
        messages,
        parent !== undefined && parent === own ? [] : links(messages),
      ),
      parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, withState(parent, carried?.tracestate)),
    );
    if (!span.isRecording()) return undefined;
    return recordedPublish(new RecordedSpan(span, this.#active), carried);
  }

  startFlush(items: readonly TracedMessage[]): TraceSpan | undefined {
    return this.#startLinked('flush', 'create', SpanKind.INTERNAL, items);
  }

  startDelivery(messages: readonly TracedMessage[], source: 'live' | 'log'): TraceSpan | undefined {
    const span = this.#startLinked('deliver', 'send', SpanKind.PRODUCER, messages);
    span?.span.setAttribute('waybill.delivery.source', source);
    return span;
  }

  startStorageOperation(operation: string, storage: string): TraceSpan | undefined {
    const outer = this.#active.current;
    if (outer === undefined) return undefined;
    const attributes = { 'db.system.name': storage, 'db.operation.name': operation };
    const parent = trace.setSpan(ROOT_CONTEXT, outer.span);
    return new RecordedSpan(this.#tracer.startSpan(`storage ${operation}`, { attributes }, parent), this.#active);
  }

  activeIds(): TraceIds | undefined {
    return this.#active.current?.ids;
  }

  /** Exports what has ended, then closes the exporter. A collector that does not take it is a warning, not a failure. */
  stop(): Promise<void> {
    this.#stopped ??= this.#exportRest();
    return this.#stopped;
  }

  #exportRest(): Promise<void> {
    const { clock, logger, stopTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      const settle = (err?: unknown) => {
        cancel();
        if (err !== undefined) logger.warn({ err }, 'the last spans were not exported');
        resolve();
      };
      const cancel = clock.after(stopTimeoutMs, () => settle(new Error(`no answer within ${stopTimeoutMs} ms`)));
      this.#provider.shutdown().then(() => settle(), settle);
    });
  }

  #startLinked(
    operation: string,
    type: string,
    kind: SpanKind,
    messages: readonly TracedMessage[],
  ): RecordedSpan | undefined {
    const found = links(messages);
    if (found.length === 0) return undefined;
    const span = this.#tracer.startSpan(...describe(operation, type, kind, messages, found), ROOT_CONTEXT);
    return new RecordedSpan(span, this.#active);
  }
}

/** Links to the sampled contexts that the messages carry, each context once. */
function links(messages: readonly TracedMessage[]): Link[] {
  const found: Link[] = [];
  let last: SpanContext | undefined;
  for (const { headers } of messages) {
    if (headers.length === 0) continue;
    const context = contextOfHeaders(headers);
    if (!isSampled(context)) continue;
    // The messages of one call follow each other.
    if (context.spanId === last?.spanId && context.traceId === last.traceId) continue;
    last = context;
    found.push({ context });
    if (found.length === MAX_LINKS) break;
  }
  return found;
}

function describe(operation: string, type: string, kind: SpanKind, messages: readonly TracedMessage[], found: Link[]) {
  const subject = messages[0]?.subject ?? '';
  const oneSubject = messages.every((message) => message.subject === subject);
  const template = subjectTemplate(subject);
  const attributes = {
    [ATTR_MESSAGING_SYSTEM]: 'waybill',
    [ATTR_MESSAGING_OPERATION_NAME]: operation,
    [ATTR_MESSAGING_OPERATION_TYPE]: type,
    [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: messages.length,
    ...(oneSubject
      ? { [ATTR_MESSAGING_DESTINATION_NAME]: subject, [ATTR_MESSAGING_DESTINATION_TEMPLATE]: template }
      : {}),
  };
  return [oneSubject ? `${operation} ${template}` : operation, { kind, attributes, links: found }] as const;
}

function withState(context: SpanContext, tracestate: string | undefined): SpanContext {
  return tracestate === undefined ? context : { ...context, traceState: createTraceState(tracestate) };
}

/** A collector that cannot be reached is a warning in the log, and spans are dropped. */
function reportDiagnostics(logger: Logger): void {
  const warn = (message: string) => logger.warn({ detail: message }, 'tracing');
  diag.setLogger(
    { error: warn, warn, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
