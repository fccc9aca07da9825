import { MAX_LEASE_US, MIN_LEASE_US } from '../streams/streams.js';
import { fieldOutOfRange } from './refusals.js';
import type { RequestBody } from './request-body.js';

const SECOND_US = 1_000_000;

/** Fields that the operations which list events take besides the name of the stream. */
export interface ListQuery {
  /** Most events to return. */
  readonly limit: number;
  /** Only events after this one. */
  readonly after: string | undefined;
  readonly leaseUs: number | undefined;
}

/**
 * Reads the optional fields of a list; the types of all of them are looked at before the range of any.
 *
 * @throws BrokerError REQUEST_MALFORMED, ARGUMENT_INVALID
 */
export function readListQuery(body: RequestBody, options: { readonly leases: boolean }): ListQuery {
  const limit = body.optionalUnsigned('limit');
  const after = body.optionalText('after');
  const leaseSeconds = options.leases ? body.optionalUnsigned('lease_seconds') : undefined;
  if (limit === 0) throw fieldOutOfRange('limit', 'must be at least 1');
  const leaseUs = leaseSeconds === undefined ? undefined : leaseSeconds * SECOND_US;
  if (leaseUs !== undefined && (leaseUs < MIN_LEASE_US || leaseUs > MAX_LEASE_US)) {
    throw fieldOutOfRange('lease_seconds', `must be ${MIN_LEASE_US / SECOND_US} to ${MAX_LEASE_US / SECOND_US}`);
  }
  return { limit: limit ?? Number.POSITIVE_INFINITY, after, leaseUs };
}
