import { pino, type DestinationStream } from 'pino';
import type { LogFields, Logger } from '../core/logger.js';
import type { Tracing } from '../core/tracing.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Adds the ids of the active span to each line. */
  readonly tracing?: Pick<Tracing, 'activeIds'> | undefined;
  /** Where the lines go, standard output by default. Tests give their own. */
  readonly destination?: DestinationStream;
}

/** Names of fields whose values are never written, at the top of a line and one level below. */
const SECRET_FIELDS = ['password', 'secret', 'token', 'authorization', 'credentials', 'clients', 'url'];

/**
 * JSON lines. Written synchronously: the broker logs rarely, and the last lines before an exit are the ones that
 * matter.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { tracing } = options;
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  return narrow(
    pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
        ...(tracing === undefined ? {} : { mixin: () => ({ ...tracing.activeIds() }) }),
      },
      destination,
    ),
  );
}

function narrow(logger: ReturnType<typeof pino>): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields: LogFields) => narrow(logger.child(fields)),
  };
}
