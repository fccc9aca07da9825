import { WaybillError } from '../../../src/client/index.js';

/** What happens to the clients of a campaign that the history does not tell. */
export class LoadCounters {
  /** Publishes that were answered with the id of an earlier attempt. */
  duplicates = 0;
  /** Failed attempts, by code and reason. */
  readonly failures = new Map<string, number>();

  failed(error: unknown): void {
    const name = error instanceof WaybillError ? `${error.codeName} ${error.reason}` : String(error);
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
  }
}
