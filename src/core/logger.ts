/** Facts of a log line. An `err` is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where everything below the process writes its log. The message is a constant text and what varies goes into the
 * fields, so that lines can be searched. Nothing is logged per message of a subject.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds `fields` to each line. */
  child(fields: LogFields): Logger;
}

export const NO_LOGGER: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => NO_LOGGER,
};
