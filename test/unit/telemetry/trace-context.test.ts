import {
  contextOfHeaders,
  formatTraceparent,
  parseTraceparent,
  withContext,
} from '../../../src/telemetry/trace-context.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('trace context', () => {
  it('reads a traceparent and writes the same again', () => {
    const context = parseTraceparent(TRACEPARENT);
    expect(context).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(context && formatTraceparent(context)).toBe(TRACEPARENT);
  });

  it('reads only the sampled flag', () => {
    expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-00`)?.traceFlags).toBe(0);
    expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-fe`)?.traceFlags).toBe(0);
    expect(parseTraceparent(`00-${TRACE_ID}-${SPAN_ID}-ff`)?.traceFlags).toBe(1);
  });

  it('reads later versions, also with more fields', () => {
    expect(parseTraceparent(`01-${TRACE_ID}-${SPAN_ID}-01-more`)?.traceId).toBe(TRACE_ID);
  });

  it.each([
    '',
    'x',
    `ff-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${SPAN_ID}-01-more`,
    `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID}-${SPAN_ID}-1`,
    `00-${TRACE_ID}-${SPAN_ID}-01\n`,
  ])('does not take %j for a context', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('finds the context among the headers of a message', () => {
    expect(
      contextOfHeaders([
        ['a', 'b'],
        ['traceparent', TRACEPARENT],
      ])?.spanId,
    ).toBe(SPAN_ID);
    expect(contextOfHeaders([['a', TRACEPARENT]])).toBeUndefined();
    expect(contextOfHeaders([])).toBeUndefined();
  });

  it('adds the context to headers that have none', () => {
    expect(withContext([['a', 'b']], { traceparent: TRACEPARENT, tracestate: 'vendor=1' })).toEqual([
      ['a', 'b'],
      ['traceparent', TRACEPARENT],
      ['tracestate', 'vendor=1'],
    ]);
  });

  it('never replaces the context of a message', () => {
    const headers = [['traceparent', 'own']] as const;
    expect(withContext(headers, { traceparent: TRACEPARENT })).toBe(headers);
  });

  it('keeps header names unique and leaves an oversized tracestate out', () => {
    expect(withContext([['tracestate', 'stray']], { traceparent: TRACEPARENT, tracestate: 'x'.repeat(513) })).toEqual([
      ['traceparent', TRACEPARENT],
    ]);
  });
});
