import { trace, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';
import { tracing } from '@opentelemetry/sdk-node';
import { isSampled } from './trace-context.js';

/**
 * Keeps what the parent kept, and of the traces that begin here the given part. A span without a parent that is linked to
 * a sampled context is kept too: a flush or a delivery belongs to the traces of its messages, and drawing lots again
 * would cut those.
 */
export class LinkSampler implements tracing.Sampler {
  readonly #base: tracing.Sampler;

  constructor(ratio: number) {
    this.#base = new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(ratio) });
  }

  shouldSample(
    parent: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): tracing.SamplingResult {
    if (trace.getSpanContext(parent) === undefined && links.some(({ context }) => isSampled(context))) {
      return { decision: tracing.SamplingDecision.RECORD_AND_SAMPLED };
    }
    return this.#base.shouldSample(parent, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `LinkSampler{${this.#base.toString()}}`;
  }
}
