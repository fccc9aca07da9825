/**
 * Tracing by OpenTelemetry; see `core/tracing.ts` for what travels where. This file is loaded only when tracing is on.
 *
 * The SDK's parts are put together here instead of by its `NodeSDK`, which would register a context manager (its
 * `AsyncLocalStorage` slows every promise of the process on Node 20) and exporters of logs and metrics that nobody
 * configured. Nothing global is touched except the SDK's own diagnostics, which go to the log.
 *
 * Most publishes of a busy broker are not sampled, and an unsampled span of the SDK still costs 0.8 µs: first the flag in
 * `traceparent` is looked at and the lot drawn.
 */
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Link,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api';
import { resources, tracing } from '@opentelemetry/sdk-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { Clock } from '../core/clock.js';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';
import type {
  PublishCall,
  PublishSpan,
  TracedCall,
  TracedMessage,
  TraceIds,
  TraceSpan,
  Tracing,
} from '../core/tracing.js';
import { carriedPublish, MessageContexts } from './message-contexts.js';
import { ActiveSpans, RecordedSpan } from './recorded-span.js';
import { callDescription, messagingDescription, storageDescription, type Description } from './span-description.js';
import { SpanExports } from './span-exports.js';
import { contextOfHeaders, isSampled, parseTraceparent } from './trace-context.js';
import { reportDiagnostics } from './trace-diagnostics.js';
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

/**
 * Traces in which one flush or delivery is seen; further ones are only linked to. What a batch costs is bounded by it,
 * however many of its messages are sampled.
 */
const MAX_TRACES_PER_BATCH = 16;

export class OpenTelemetryTracing implements Tracing, Running {
  readonly #provider: tracing.BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #active = new ActiveSpans();
  readonly #contexts = new MessageContexts();
  readonly #options: TracingOptions;
  #stopped: Promise<void> | undefined;

  constructor(options: TracingOptions) {
    this.#options = options;
    reportDiagnostics(options.logger, options.clock);
    this.#provider = new tracing.BasicTracerProvider({
      // What a caller or a message has decided is kept to; which traces begin here is drawn before there is a span.
      sampler: new tracing.ParentBasedSampler({ root: new tracing.AlwaysOnSampler() }),
      resource: resources
        .defaultResource()
        .merge(
          resources.resourceFromAttributes({
            [ATTR_SERVICE_NAME]: 'waybill',
            [ATTR_SERVICE_VERSION]: options.version,
          }),
        )
        // Last, so that OTEL_SERVICE_NAME counts. No process detector: command lines hold secrets.
        .merge(resources.detectResources({ detectors: [resources.hostDetector, resources.envDetector] })),
      spanProcessors: [new tracing.BatchSpanProcessor(new SpanExports(options.exporter, options.logger))],
    });
    this.#tracer = this.#provider.getTracer('waybill', options.version);
  }

  startPublish(call: PublishCall): PublishSpan | undefined {
    const { carrier, messages, frame = false } = call;
    const caller = carrier === undefined ? undefined : parseTraceparent(carrier.traceparent);
    const publisher = frame ? undefined : caller;
    if (publisher !== undefined && !isSampled(publisher)) return carriedPublish(publisher, carrier?.tracestate);

    const own = this.#contexts.sampled(messages, MAX_LINKS);
    if (publisher !== undefined) {
      const parent = withState(publisher, carrier?.tracestate);
      const links = own.filter(({ traceId }) => traceId !== parent.traceId).map(linkTo);
      const span = this.#spans(publishDescription(messages), [parent], links);
      return this.#contexts.publishSpan(span, carrier?.tracestate, true);
    }
    if (own.length > 0) {
      const span = this.#spansOf(publishDescription(messages), own);
      return this.#contexts.publishSpan(span, undefined, false);
    }
    // The publisher has decided for each message, or for the stream.
    if (messages.every(({ headers }) => contextOfHeaders(headers) !== undefined)) return undefined;
    if (caller !== undefined && !isSampled(caller)) return undefined;
    if (Math.random() >= this.#options.sampleRatio) return undefined;
    const { name, ...options } = publishDescription(messages);
    const links = caller === undefined ? [] : [linkTo(caller)];
    const root = this.#tracer.startSpan(name, { ...options, links }, ROOT_CONTEXT);
    return this.#contexts.publishSpan(new RecordedSpan([root], this.#active), undefined, true);
  }

  startCall({ system, method, carrier }: TracedCall): TraceSpan | undefined {
    if (carrier === undefined) return undefined;
    const caller = parseTraceparent(carrier.traceparent);
    if (!isSampled(caller)) return undefined;
    return this.#spans(callDescription(system, method), [withState(caller, carrier.tracestate)]);
  }

  startFlush(items: readonly TracedMessage[]): TraceSpan | undefined {
    return this.#startBatch('flush', undefined, SpanKind.INTERNAL, items);
  }

  startDelivery(messages: readonly TracedMessage[], source: 'live' | 'log'): TraceSpan | undefined {
    return this.#startBatch('deliver', 'send', SpanKind.PRODUCER, messages, { 'waybill.delivery.source': source });
  }

  startStorageOperation(operation: string, storage: string): TraceSpan | undefined {
    const outer = this.#active.current;
    if (outer === undefined) return undefined;
    const contexts = outer.spans.map((span) => span.spanContext());
    return this.#spans(storageDescription(operation, storage), contexts);
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

  #startBatch(
    operation: string,
    type: string | undefined,
    kind: SpanKind,
    messages: readonly TracedMessage[],
    more: Attributes = {},
  ): RecordedSpan | undefined {
    const contexts = this.#contexts.sampled(messages, MAX_LINKS);
    if (contexts.length === 0) return undefined;
    const described = messagingDescription(operation, type, kind, messages);
    return this.#spansOf({ ...described, attributes: { ...described.attributes, ...more } }, contexts);
  }

  /** Below each of the contexts of a batch; the first is linked to the others, the others to the first. */
  #spansOf(described: Description, contexts: readonly SpanContext[]): RecordedSpan {
    const [first, ...others] = contexts;
    return this.#spans(described, [first!, ...others.slice(0, MAX_TRACES_PER_BATCH - 1)], others.map(linkTo));
  }

  /** One span below each parent. @param links of the first; the others are linked to that */
  #spans(
    { name, ...options }: Description,
    parents: readonly SpanContext[],
    links: readonly Link[] = [],
  ): RecordedSpan {
    const [parent, ...others] = parents;
    const first = this.#child(name, { ...options, links: [...links] }, parent!);
    const toFirst = { ...options, links: [linkTo(first.spanContext())] };
    return new RecordedSpan([first, ...others.map((other) => this.#child(name, toFirst, other))], this.#active);
  }

  #child(name: string, options: SpanOptions, parent: SpanContext) {
    return this.#tracer.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, parent));
  }
}

function publishDescription(messages: readonly TracedMessage[]): Description {
  return messagingDescription('publish', 'send', SpanKind.SERVER, messages);
}

function linkTo(context: SpanContext): Link {
  return { context };
}

function withState(context: SpanContext, tracestate: string | undefined): SpanContext {
  return tracestate === undefined ? context : { ...context, traceState: createTraceState(tracestate) };
}
