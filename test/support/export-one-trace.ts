/**
 * Run as a process of its own: records one span, exports it to the collector and prints its trace id. The HTTP exporter
 * loads Node's `http` by a dynamic import, which Jest's module system refuses.
 */
import { systemClock } from '../../src/core/clock.js';
import { NO_LOGGER } from '../../src/core/logger.js';
import { createTraceExporter } from '../../src/telemetry/trace-exporter.js';
import { OpenTelemetryTracing } from '../../src/telemetry/tracing.js';

async function exportOneTrace(exporter: 'otlp' | 'jaeger', endpoint: string): Promise<string | undefined> {
  const tracing = new OpenTelemetryTracing({
    exporter: await createTraceExporter({ exporter, endpoint }),
    sampleRatio: 1,
    version: '1.2.3',
    logger: NO_LOGGER,
    clock: systemClock,
    stopTimeoutMs: 5_000,
  });
  const span = tracing.startPublish({ carrier: undefined, messages: [{ subject: 'orders.created', headers: [] }] });
  span?.end();
  await tracing.stop();
  return span?.ids?.trace_id;
}

const [, , exporter, endpoint = ''] = process.argv;
void exportOneTrace(exporter === 'jaeger' ? 'jaeger' : 'otlp', endpoint).then((traceId) => {
  process.stdout.write(`${traceId}\n`);
});
