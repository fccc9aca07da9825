import { diag } from '@opentelemetry/api';
import { reportDiagnostics } from '../../../src/telemetry/trace-diagnostics.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';

describe('diagnostics of the SDK', () => {
  afterEach(() => diag.disable());

  it('reach the log, those that differ only in numbers once a minute', () => {
    const logger = new RecordingLogger();
    const clock = new ManualClock();
    reportDiagnostics(logger, clock);
    diag.warn('Dropped 12 spans');
    diag.warn('Dropped 4711 spans');
    diag.error('something else');
    diag.info('not worth a line');
    expect(logger.lines.map(({ fields }) => fields['detail'])).toEqual(['Dropped 12 spans', 'something else']);
    clock.advance(60_000);
    diag.warn('Dropped 5 spans');
    expect(logger.lines.at(-1)).toEqual({ level: 'warn', fields: { detail: 'Dropped 5 spans' }, message: 'tracing' });
  });
});
