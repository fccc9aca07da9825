import { BrokerError } from '../../core/errors.js';
import { WireReader } from '../../protobuf/wire-reader.js';

/** Reads a request strictly: what is wrong with its bytes is a BrokerError REQUEST_MALFORMED. */
export function requestReader(bytes: Buffer): WireReader {
  return new WireReader(bytes, malformed);
}

function malformed(detail: string): BrokerError {
  return new BrokerError('REQUEST_MALFORMED', `the request is not a valid message: ${detail}`);
}
