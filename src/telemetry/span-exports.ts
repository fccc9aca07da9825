import type { tracing } from '@opentelemetry/sdk-node';
import type { Logger } from '../core/logger.js';
import type { SpanExporter } from './trace-exporter.js';

type Spans = Parameters<SpanExporter['export']>[0];
type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** As the SDK's `ExportResultCode`, which it does not export where it exports its tracing. */
const SUCCESS: Result['code'] = 0;

/**
 * Tells once that the collector takes no spans, and once that it takes them again. Spans that it did not take are lost;
 * the SDK would warn at every attempt.
 */
export class SpanExports implements tracing.SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #logger: Logger;
  #lost = 0;

  constructor(exporter: SpanExporter, logger: Logger) {
    this.#exporter = exporter;
    this.#logger = logger;
  }

  export(spans: Spans, done: (result: Result) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === SUCCESS) this.#taken();
      else this.#refused(spans.length, result.error);
      done({ code: SUCCESS });
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #taken(): void {
    if (this.#lost === 0) return;
    this.#logger.info({ lost_spans: this.#lost }, 'traces are exported again');
    this.#lost = 0;
  }

  #refused(spans: number, error: Error | undefined): void {
    if (this.#lost === 0) this.#logger.warn({ err: error }, 'traces cannot be exported, spans are lost');
    this.#lost += spans;
  }
}
