const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lease ids are UUIDs in lower case; nothing else ever names a lease. */
export function isLeaseId(leaseId: string): boolean {
  return UUID.test(leaseId);
}
