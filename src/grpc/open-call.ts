import type { BrokerError } from '../core/errors.js';

/** A call that has begun and not ended, as others may end it. */
export interface OpenCall {
  /** Ends the call and tells its handler that it is over. */
  abort(error: BrokerError): void;
  /** Ends it when more than `limit` calls of this method in a row find it waiting for the same message. */
  checkArrival(limit: number): void;
}
