import type { SubscribeRequest, SubscribeStart } from '../broker/requests.js';
import { BrokerError } from '../core/errors.js';
import { durationMsFrom, idFrom, positionFrom, timeUsFrom } from './field-values.js';
import type { SubscribeRequest as Input, SubscribeRequest__Output } from './generated/waybill/v1/SubscribeRequest.js';
import { ProtoCodec } from './proto-codec.js';

const DEFAULT_BATCH_MESSAGES = 256;
const MAX_BATCH_MESSAGES = 4096;
const DEFAULT_HEARTBEAT_MS = 15_000;
const MIN_HEARTBEAT_MS = 1000;
const MAX_HEARTBEAT_MS = 300_000;

const codec = new ProtoCodec<Input, SubscribeRequest__Output>('waybill.v1.SubscribeRequest');

export interface DecodedSubscribe {
  readonly request: SubscribeRequest;
  readonly maxBatchMessages: number;
  readonly heartbeatMs: number;
}

/** @throws BrokerError REQUEST_MALFORMED, ARGUMENT_INVALID, ID_OUT_OF_RANGE */
export function decodeSubscribeRequest(bytes: Buffer): DecodedSubscribe {
  const fields = codec.decode(bytes);
  if (fields.maxBatchMessages > MAX_BATCH_MESSAGES) {
    throw new BrokerError('ARGUMENT_INVALID', `max_batch_messages must be at most ${MAX_BATCH_MESSAGES}`);
  }
  return {
    request: {
      subjects: fields.subjects,
      patterns: true,
      start: startFrom(fields),
      skipTruncated: skipsTruncated(fields),
      stopAtHead: fields.stopAtHead,
      maxMessages: idFrom(fields.maxMessages),
    },
    maxBatchMessages: fields.maxBatchMessages === 0 ? DEFAULT_BATCH_MESSAGES : fields.maxBatchMessages,
    heartbeatMs:
      fields.heartbeatInterval === null
        ? DEFAULT_HEARTBEAT_MS
        : durationMsFrom('heartbeat_interval', fields.heartbeatInterval, MIN_HEARTBEAT_MS, MAX_HEARTBEAT_MS),
  };
}

function startFrom(fields: SubscribeRequest__Output): SubscribeStart {
  switch (fields.start) {
    case 'position':
      switch (fields.position) {
        case 'START_POSITION_UNSPECIFIED':
        case 'START_POSITION_NEW':
          return { kind: 'new' };
        case 'START_POSITION_EARLIEST':
          return { kind: 'earliest' };
        default:
          throw new BrokerError('ARGUMENT_INVALID', 'position has a value that is not known');
      }
    case 'afterId':
      return { kind: 'after', id: positionFrom('after_id', fields.afterId ?? '0') };
    case 'time':
      return { kind: 'time', timeUs: timeUsFrom('time', fields.time!) };
    case 'cursor':
      return { kind: 'cursor', cursor: fields.cursor ?? '' };
    default:
      return { kind: 'new' };
  }
}

function skipsTruncated(fields: SubscribeRequest__Output): boolean {
  switch (fields.onTruncated) {
    case 'ON_TRUNCATED_UNSPECIFIED':
    case 'ON_TRUNCATED_FAIL':
      return false;
    case 'ON_TRUNCATED_SKIP':
      return true;
    default:
      throw new BrokerError('ARGUMENT_INVALID', 'on_truncated has a value that is not known');
  }
}
