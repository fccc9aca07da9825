/**
 * The client's side of a trace, by the API of OpenTelemetry, which does nothing unless the application has registered an
 * SDK; then sampling, propagation and export are all the application's.
 */
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type TextMapSetter,
} from '@opentelemetry/api';
import { subjectTemplate } from '../core/subject-template.js';
import { VERSION } from '../core/version.js';

const intoMap: TextMapSetter<Map<string, string>> = {
  set: (headers, name, value) => headers.set(name, value),
};

/** Follows the SDK that is registered, also when that comes later. */
const tracer = trace.getTracer('waybill-client', VERSION);

/**
 * What a span is to tell, by the semantic conventions (https://opentelemetry.io/docs/specs/semconv). The package of their
 * names would take longer to load than all the rest of the client.
 */
export interface SpanDescription {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** A call that publishes nothing. @param path `/waybill.v1.BrokerService/Fetch` */
export function describeCall(path: string): SpanDescription {
  const method = path.slice(1);
  const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': method };
  return { name: method, kind: SpanKind.CLIENT, attributes };
}

/** Publishing of messages, by whichever call. */
export function describePublish(messages: readonly { readonly subject: string }[]): SpanDescription {
  return describeMessages('publish', 'send', SpanKind.PRODUCER, messages);
}

/** Work on a message that was received. */
export function describeProcess(message: { readonly subject: string }): SpanDescription {
  return describeMessages('process', 'process', SpanKind.CONSUMER, [message]);
}

function describeMessages(
  operation: string,
  type: string,
  kind: SpanKind,
  messages: readonly { readonly subject: string }[],
): SpanDescription {
  const attributes: Attributes = {
    'messaging.system': 'waybill',
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
  };
  if (messages.length > 1) attributes['messaging.batch.message_count'] = messages.length;
  const subject = messages[0]?.subject ?? '';
  if (messages.some((message) => message.subject !== subject)) return { name: operation, kind, attributes };
  const template = subjectTemplate(subject);
  attributes['messaging.destination.name'] = subject;
  attributes['messaging.destination.template'] = template;
  return { name: `${operation} ${template}`, kind, attributes };
}

/** A span below what is active in the application. */
export class ClientSpan {
  readonly #span: Span;
  readonly #context: Context;

  private constructor(span: Span, parent: Context) {
    this.#span = span;
    this.#context = trace.setSpan(parent, span);
  }

  static start({ name, ...options }: SpanDescription, parent = context.active()): ClientSpan {
    return new ClientSpan(tracer.startSpan(name, options, parent), parent);
  }

  /** Whether it will be exported. */
  get isRecorded(): boolean {
    return this.#span.isRecording();
  }

  /** Its context, as the application's propagator writes it. */
  headers(): ReadonlyMap<string, string> {
    return headersOf(this.#context);
  }

  /** Runs `work` with the span as the active one. */
  run<T>(work: () => T): T {
    return context.with(this.#context, work);
  }

  /** @param error with a `reason`, where it is one of ours */
  end(error?: unknown): void {
    if (error !== undefined && error !== null) {
      this.#span.setAttribute('error.type', errorType(error));
      const message = error instanceof Error ? { message: error.message } : {};
      this.#span.setStatus({ code: SpanStatusCode.ERROR, ...message });
    }
    this.#span.end();
  }

  /** Runs `work` with the span as the active one and ends it with the outcome. */
  async around<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      const result = await this.run(work);
      this.end();
      return result;
    } catch (error) {
      this.end(error ?? new Error('rejected'));
      throw error;
    }
  }
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.name;
}

/** The context that is active in the application. */
export function activeHeaders(): ReadonlyMap<string, string> {
  return headersOf(context.active());
}

function headersOf(source: Context): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  propagation.inject(source, headers, intoMap);
  return headers;
}
