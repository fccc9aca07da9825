import { SpanExports } from '../../../src/telemetry/span-exports.js';
import { RecordingLogger } from '../../support/recording-logger.js';

type Exporter = ConstructorParameters<typeof SpanExports>[0];
type Spans = Parameters<Exporter['export']>[0];

const SUCCESS = 0;
const FAILED = 1;

function setUp() {
  const logger = new RecordingLogger();
  const collector = { down: false };
  const exporter: Exporter = {
    export: (_spans, done) =>
      done(collector.down ? { code: FAILED, error: new Error('connect ECONNREFUSED') } : { code: SUCCESS }),
    shutdown: () => Promise.resolve(),
  };
  const exports = new SpanExports(exporter, logger);
  const send = (spans: number) => {
    const codes: number[] = [];
    exports.export(Array.from<Spans[number]>({ length: spans }), ({ code }) => codes.push(code));
    return codes;
  };
  return { logger, collector, send };
}

describe('exports of spans', () => {
  it('say nothing while the collector takes them', () => {
    const { logger, send } = setUp();
    expect(send(3)).toEqual([SUCCESS]);
    expect(logger.lines).toEqual([]);
  });

  it('warn once when it does not, and tell how many were lost when it does again', () => {
    const { logger, collector, send } = setUp();
    collector.down = true;
    send(3);
    send(4);
    expect(logger.messages('warn')).toEqual(['traces cannot be exported, spans are lost']);
    collector.down = false;
    send(1);
    send(1);
    expect(logger.lines.slice(1)).toEqual([
      { level: 'info', fields: { lost_spans: 7 }, message: 'traces are exported again' },
    ]);
  });

  it('hide the failure from the SDK, which would report it again each time', () => {
    const { collector, send } = setUp();
    collector.down = true;
    expect(send(1)).toEqual([SUCCESS]);
  });
});
