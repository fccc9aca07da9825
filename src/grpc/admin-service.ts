import type { Broker } from '../broker/broker.js';
import { type BrokerLimits, MAX_IDEMPOTENCY_KEY_BYTES } from '../broker/limits.js';
import type { PurgeBefore, SubjectStatus } from '../broker/requests.js';
import { MAX_SUBJECT_BYTES } from '../core/subject.js';
import type { Storage } from '../storage/storage.js';
import { idFrom, positionFrom, timeUsFrom } from './field-values.js';
import type { GetServerInfoRequest } from './generated/waybill/v1/GetServerInfoRequest.js';
import type { GetServerInfoResponse } from './generated/waybill/v1/GetServerInfoResponse.js';
import type { GetSubjectRequest, GetSubjectRequest__Output } from './generated/waybill/v1/GetSubjectRequest.js';
import type { GetSubjectResponse } from './generated/waybill/v1/GetSubjectResponse.js';
import type { Limits } from './generated/waybill/v1/Limits.js';
import type { ListSubjectsRequest, ListSubjectsRequest__Output } from './generated/waybill/v1/ListSubjectsRequest.js';
import type { ListSubjectsResponse } from './generated/waybill/v1/ListSubjectsResponse.js';
import type { PurgeSubjectRequest, PurgeSubjectRequest__Output } from './generated/waybill/v1/PurgeSubjectRequest.js';
import type { PurgeSubjectResponse } from './generated/waybill/v1/PurgeSubjectResponse.js';
import type { Storage as StorageInfo } from './generated/waybill/v1/Storage.js';
import type { Subject } from './generated/waybill/v1/Subject.js';
import { ProtoCodec } from './proto-codec.js';
import type { ServiceMethods } from './rpc-call.js';
import { secondsAndNanos } from './time-fields.js';

export const ADMIN_SERVICE = 'waybill.v1.AdminService';

export interface AdminServiceOptions {
  readonly broker: Broker;
  readonly storage: Pick<Storage, 'name' | 'epoch' | 'capabilities'>;
  readonly limits: BrokerLimits;
  readonly version: string;
  /** When this process began to serve. */
  readonly startTimeUs: number;
  readonly maxStreamsPerConnection: number;
}

const infoRequests = new ProtoCodec<GetServerInfoRequest, object>('waybill.v1.GetServerInfoRequest');
const infoResponses = new ProtoCodec<GetServerInfoResponse, object>('waybill.v1.GetServerInfoResponse');
const listRequests = new ProtoCodec<ListSubjectsRequest, ListSubjectsRequest__Output>('waybill.v1.ListSubjectsRequest');
const listResponses = new ProtoCodec<ListSubjectsResponse, object>('waybill.v1.ListSubjectsResponse');
const getRequests = new ProtoCodec<GetSubjectRequest, GetSubjectRequest__Output>('waybill.v1.GetSubjectRequest');
const getResponses = new ProtoCodec<GetSubjectResponse, object>('waybill.v1.GetSubjectResponse');
const purgeRequests = new ProtoCodec<PurgeSubjectRequest, PurgeSubjectRequest__Output>(
  'waybill.v1.PurgeSubjectRequest',
);
const purgeResponses = new ProtoCodec<PurgeSubjectResponse, object>('waybill.v1.PurgeSubjectResponse');

/** `waybill.v1.AdminService`. */
export function adminMethods(options: AdminServiceOptions): ServiceMethods {
  const { broker } = options;
  return {
    GetServerInfo: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        access.requireAny('administer');
        infoRequests.decode(bytes);
        return infoResponses.encode(serverInfo(options));
      },
    },
    ListSubjects: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        const request = listRequests.decode(bytes);
        access.requireAll('administer', `${request.prefix}>`);
        const { subjects, nextPageToken } = await broker.listSubjects(request);
        // A pattern does not take in reserved subjects, nor the one that is the prefix itself.
        const allowed = subjects.filter(({ subject }) => access.allows('administer', subject));
        return listResponses.encode({ subjects: allowed.map(toSubject), nextPageToken });
      },
    },
    GetSubject: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        const { subject } = getRequests.decode(bytes);
        access.require('administer', subject);
        const status = await broker.getSubject(subject);
        return getResponses.encode({ subject: toSubject(status) });
      },
    },
    PurgeSubject: {
      kind: 'unary',
      handler: async (bytes, { access }) => {
        const request = purgeRequests.decode(bytes);
        access.require('administer', request.subject);
        const purged = await broker.purge(request.subject, purgeBefore(request), request.execute);
        return purgeResponses.encode({ ...purged, executed: request.execute });
      },
    },
  };
}

function serverInfo({
  version,
  startTimeUs,
  storage,
  limits,
  maxStreamsPerConnection,
}: AdminServiceOptions): GetServerInfoResponse {
  return {
    version,
    startTime: secondsAndNanos(startTimeUs),
    storage: toStorageInfo(storage),
    limits: toLimits(limits, maxStreamsPerConnection),
  };
}

const DURABILITIES = {
  none: 'DURABILITY_NONE',
  process: 'DURABILITY_PROCESS',
  machine: 'DURABILITY_MACHINE',
} as const;

function toStorageInfo({ name, epoch, capabilities }: AdminServiceOptions['storage']): StorageInfo {
  const { durability, atomicAcrossSubjects, shared, totalOrder } = capabilities;
  return { name, epoch, durability: DURABILITIES[durability], atomicAcrossSubjects, shared, totalOrder };
}

function toLimits(limits: BrokerLimits, maxStreamsPerConnection: number): Limits {
  return {
    maxMessageBytes: limits.maxMessageBytes,
    maxSubjectBytes: MAX_SUBJECT_BYTES,
    maxHeaderBytes: limits.maxHeaderBytes,
    maxHeaders: limits.maxHeaders,
    maxBatchMessages: limits.maxBatchMessages,
    maxSubjectsPerSubscription: limits.maxSubjectsPerSubscription,
    maxIdempotencyKeyBytes: MAX_IDEMPOTENCY_KEY_BYTES,
    idempotencyWindow: secondsAndNanos(limits.idempotencyWindowUs),
    ...(limits.defaultTtlUs === 0 ? {} : { defaultTtl: secondsAndNanos(limits.defaultTtlUs) }),
    maxTtl: secondsAndNanos(limits.maxTtlUs),
    maxStreamsPerConnection,
  };
}

function toSubject(status: SubjectStatus): Subject {
  const { subject, firstId, lastId, messages, bytes, lastPublishTimeUs, subscribers } = status;
  const published = lastPublishTimeUs === 0 ? {} : { lastPublishTime: secondsAndNanos(lastPublishTimeUs) };
  return { name: subject, firstId, lastId, messages, bytes, subscribers, ...published };
}

function purgeBefore({ before, beforeId, beforeTime, keepLast }: PurgeSubjectRequest__Output): PurgeBefore {
  if (before === 'beforeId') return { kind: 'id', id: Math.max(1, positionFrom('before_id', beforeId ?? '0')) };
  if (before === 'beforeTime' && beforeTime) return { kind: 'time', timeUs: timeUsFrom('before_time', beforeTime) };
  if (before === 'keepLast') return { kind: 'keepLast', count: idFrom(keepLast ?? '0') };
  return { kind: 'all' };
}
