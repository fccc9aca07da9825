import { BrokerError } from '../../../src/core/errors.js';
import { createLogger, type LoggerOptions } from '../../../src/telemetry/logger.js';

function setUp(options: Partial<LoggerOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'info',
    destination: { write: (text) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
    ...options,
  });
  return { logger, lines };
}

describe('logger', () => {
  it('writes one JSON line with level, time, fields and message', () => {
    const { logger, lines } = setUp();
    logger.info({ streams: 3 }, 'draining');
    expect(lines).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string, streams: 3, msg: 'draining' },
    ]);
  });

  it('leaves out what is below its level', () => {
    const { logger, lines } = setUp({ level: 'warn' });
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(lines.map(({ msg }) => msg)).toEqual(['c', 'd']);
  });

  it('hides secrets at the top and one level below', () => {
    const { logger, lines } = setUp();
    logger.info({ secret: 'hunter2', auth: { password: 'hunter2', token: 'hunter2' } }, 'a');
    logger.child({ credentials: 'hunter2' }).info({ postgres: { url: 'postgres://hunter2@host' } }, 'b');
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[0]?.['secret']).toBe('[hidden]');
  });

  it('writes an error with its stack and its cause', () => {
    const { logger, lines } = setUp();
    const error = new BrokerError('STORAGE_UNAVAILABLE', 'storage is closed', { cause: new Error('EIO deep below') });
    logger.error({ err: error }, 'append failed');
    const { stack } = lines[0]!['err'] as { stack: string };
    expect(stack).toContain('storage is closed');
    expect(stack).toContain('EIO deep below');
  });

  it('adds the ids of the active span to each line', () => {
    let ids: { trace_id: string; span_id: string } | undefined = { trace_id: 't', span_id: 's' };
    const { logger, lines } = setUp({ tracing: { activeIds: () => ids } });
    logger.info({}, 'inside');
    ids = undefined;
    logger.info({}, 'outside');
    expect(lines[0]).toMatchObject({ trace_id: 't', span_id: 's' });
    expect(lines[1]).not.toHaveProperty('trace_id');
  });

  it('adds the fields of a child to each of its lines', () => {
    const { logger, lines } = setUp();
    logger.child({ part: 'expiry' }).child({ attempt: 2 }).warn({}, 'failed');
    expect(lines[0]).toMatchObject({ part: 'expiry', attempt: 2, msg: 'failed' });
  });
});
