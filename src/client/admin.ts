import type { CallOptions } from './call-options.js';
import { decodeAs, encodeAs } from './proto.js';
import type { Rpc } from './rpc.js';
import { decodeDurationMs, decodeTimestampUs, encodeTimestamp, type SecondsAndNanos } from './timestamp.js';

const SERVICE = '/waybill.v1.AdminService';

export interface ServerInfo {
  readonly version: string;
  readonly startTimeUs: number;
  readonly storage: {
    /** memory, embedded, postgres, cassandra or redis. */
    readonly name: string;
    readonly epoch: string;
    /** What an acknowledged message survives. */
    readonly durability: 'none' | 'process' | 'machine';
    readonly atomicAcrossSubjects: boolean;
    readonly shared: boolean;
    readonly totalOrder: boolean;
  };
  /** Times are in milliseconds; undefined: no bound. */
  readonly limits: {
    readonly maxMessageBytes: number;
    readonly maxSubjectBytes: number;
    readonly maxHeaderBytes: number;
    readonly maxHeaders: number;
    readonly maxBatchMessages: number;
    readonly maxSubjectsPerSubscription: number;
    readonly maxIdempotencyKeyBytes: number;
    readonly maxStreamsPerConnection: number;
    readonly idempotencyWindowMs: number | undefined;
    readonly defaultTtlMs: number | undefined;
    readonly maxTtlMs: number | undefined;
  };
}

export interface SubjectSummary {
  readonly name: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly messages: number;
  /** Of bodies and headers. */
  readonly bytes: number;
  /** 0 for a subject that was never published to. */
  readonly lastPublishTimeUs: number;
  /** Subscriptions of the replica that answered. */
  readonly subscribers: number;
}

export interface SubjectPage {
  readonly subjects: readonly SubjectSummary[];
  readonly nextPageToken: string;
}

/** Which messages go; all of them when undefined. */
export type PurgeBefore =
  | { readonly id: number }
  | { readonly timeUs: number }
  /** All but the newest so many ids. */
  | { readonly keepLast: number };

export interface PurgeResult {
  readonly messages: number;
  readonly bytes: number;
  readonly firstId: number;
  /** False for a dry run. */
  readonly executed: boolean;
}

interface WireSubject extends Omit<SubjectSummary, 'lastPublishTimeUs'> {
  readonly lastPublishTime?: SecondsAndNanos | null;
}

interface WireServerInfo {
  readonly version: string;
  readonly startTime?: SecondsAndNanos | null;
  readonly storage: Omit<ServerInfo['storage'], 'durability'> & { readonly durability: string };
  readonly limits: Omit<ServerInfo['limits'], 'idempotencyWindowMs' | 'defaultTtlMs' | 'maxTtlMs'> & {
    readonly idempotencyWindow?: SecondsAndNanos | null;
    readonly defaultTtl?: SecondsAndNanos | null;
    readonly maxTtl?: SecondsAndNanos | null;
  };
}

/** Looking at the server and its data. Every method throws WaybillError. */
export class AdminClient {
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  async serverInfo(options?: CallOptions): Promise<ServerInfo> {
    const response = await this.#rpc.unary(`${SERVICE}/GetServerInfo`, Buffer.alloc(0), options);
    const info = decodeAs<WireServerInfo>('waybill.v1.GetServerInfoResponse', response);
    const { idempotencyWindow, defaultTtl, maxTtl, ...limits } = info.limits;
    return {
      version: info.version,
      startTimeUs: decodeTimestampUs(info.startTime),
      storage: { ...info.storage, durability: durabilityOf(info.storage.durability) },
      limits: {
        ...limits,
        idempotencyWindowMs: decodeDurationMs(idempotencyWindow),
        defaultTtlMs: decodeDurationMs(defaultTtl),
        maxTtlMs: decodeDurationMs(maxTtl),
      },
    };
  }

  async listSubjects(
    request: { readonly prefix?: string; readonly pageSize?: number; readonly pageToken?: string } = {},
    options?: CallOptions,
  ): Promise<SubjectPage> {
    const bytes = encodeAs('waybill.v1.ListSubjectsRequest', request);
    const response = await this.#rpc.unary(`${SERVICE}/ListSubjects`, bytes, options);
    const page = decodeAs<{ readonly subjects: readonly WireSubject[]; readonly nextPageToken: string }>(
      'waybill.v1.ListSubjectsResponse',
      response,
    );
    return { subjects: page.subjects.map(toSummary), nextPageToken: page.nextPageToken };
  }

  async getSubject(subject: string, options?: CallOptions): Promise<SubjectSummary> {
    const bytes = encodeAs('waybill.v1.GetSubjectRequest', { subject });
    const response = await this.#rpc.unary(`${SERVICE}/GetSubject`, bytes, options);
    return toSummary(decodeAs<{ readonly subject: WireSubject }>('waybill.v1.GetSubjectResponse', response).subject);
  }

  /** Removes messages; without `execute` it only counts what would go. */
  async purgeSubject(
    request: { readonly subject: string; readonly before?: PurgeBefore; readonly execute: boolean },
    options?: CallOptions,
  ): Promise<PurgeResult> {
    const { subject, before, execute } = request;
    const bytes = encodeAs('waybill.v1.PurgeSubjectRequest', { subject, execute, ...encodeBefore(before) });
    return decodeAs<PurgeResult>(
      'waybill.v1.PurgeSubjectResponse',
      await this.#rpc.unary(`${SERVICE}/PurgeSubject`, bytes, options),
    );
  }
}

function encodeBefore(before: PurgeBefore | undefined): object {
  if (before === undefined) return {};
  if ('id' in before) return { beforeId: before.id };
  if ('keepLast' in before) return { keepLast: before.keepLast };
  return { beforeTime: encodeTimestamp(before.timeUs) };
}

function durabilityOf(name: string): 'none' | 'process' | 'machine' {
  if (name === 'DURABILITY_MACHINE') return 'machine';
  return name === 'DURABILITY_PROCESS' ? 'process' : 'none';
}

function toSummary({ lastPublishTime, ...subject }: WireSubject): SubjectSummary {
  return { ...subject, lastPublishTimeUs: decodeTimestampUs(lastPublishTime) };
}
