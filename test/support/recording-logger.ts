import type { LogFields, Logger } from '../../src/core/logger.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps what is logged. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];
  #waiting: ((line: LogLine) => void)[] = [];

  debug(fields: LogFields, message: string): void {
    this.#add({ level: 'debug', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.#add({ level: 'info', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.#add({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.#add({ level: 'error', fields, message });
  }

  child(): Logger {
    return this;
  }

  /** Messages of one level. */
  messages(level: LogLine['level']): readonly string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  /** Resolves with the next line that is written. */
  next(): Promise<LogLine> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Everything that was written, with errors as a log shows them. */
  get text(): string {
    return this.lines
      .map(({ fields, message }) =>
        [
          message,
          ...Object.values(fields).map((value) => (value instanceof Error ? value.stack : JSON.stringify(value))),
        ].join(' '),
      )
      .join('\n');
  }

  #add(line: LogLine): void {
    this.lines.push(line);
    for (const resolve of this.#waiting.splice(0)) resolve(line);
  }
}
