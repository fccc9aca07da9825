import type { WaybillClient } from '../../../src/client/index.js';

/** The brokers that one client of a campaign may turn to. */
export interface Brokers {
  /** A connection to one that serves, as soon as there is one. It may be gone a moment later. */
  serving(): Promise<WaybillClient>;
}
