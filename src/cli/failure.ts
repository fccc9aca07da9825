import { CommanderError } from 'commander';
import { EventBusError, WaybillError } from '../client/index.js';
import { ConfigError } from '../config/config-error.js';
import { BrokerError } from '../core/errors.js';
import { EXIT_FAILURE, EXIT_USAGE, UsageError } from './exit-code.js';

/** How a failed command ends: what is said on standard error, if anything, and the exit code. */
export interface Failure {
  readonly message: string | undefined;
  readonly exitCode: number;
}

export function describeFailure(error: unknown): Failure {
  // Commander has already said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) {
    return { message: undefined, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE };
  }
  if (error instanceof ConfigError || error instanceof UsageError) {
    return { message: `waybill: ${error.message}`, exitCode: EXIT_USAGE };
  }
  return { message: `waybill: ${explain(error)}`, exitCode: EXIT_FAILURE };
}

function explain(error: unknown): string {
  if (error instanceof WaybillError) {
    if (error.reason === 'SERVER_UNREACHABLE') return `the server cannot be reached: ${error.message}`;
    const fields = Object.entries(error.fields).map(([name, value]) => `${name}=${value}`);
    return `${error.message} [${[error.reason === 'UNKNOWN' ? error.codeName : error.reason, ...fields].join(' ')}]`;
  }
  if (error instanceof EventBusError) {
    if (error.operation === 'connect') return `the server cannot be reached: ${error.reason}`;
    return `${error.reason} [${error.operation}]`;
  }
  if (error instanceof BrokerError) return `${error.message} [${error.reason}]`;
  return error instanceof Error ? error.message : String(error);
}

/** The reason of a failure, for programs. */
export function reasonOf(error: unknown): string {
  if (error instanceof WaybillError || error instanceof EventBusError) return error.reason;
  return error instanceof Error ? error.message : String(error);
}
