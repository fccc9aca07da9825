import { WireReader } from '../../protobuf/wire-reader.js';
import { malformedResponse } from '../waybill-error.js';

/** Reads a response strictly: what is wrong with its bytes is a WaybillError RESPONSE_MALFORMED. */
export function responseReader(bytes: Buffer): WireReader {
  return new WireReader(bytes, (detail) => malformedResponse(detail));
}
