import { status } from '@grpc/grpc-js';
import type { Verb } from '../../../src/auth/access.js';
import type { PublishBatchResponse__Output } from '../../../src/grpc/generated/waybill/v1/PublishBatchResponse.js';
import type { PublishStreamResponse__Output } from '../../../src/grpc/generated/waybill/v1/PublishStreamResponse.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';

/** The subject and the stream that nobody gets at who must not. */
export const GUARDED = 'vault.door';

export interface GuardedMethod {
  /** `waybill.v1.BrokerService/Publish` */
  readonly path: string;
  readonly request: Buffer;
  /** Whoever may do one of them may call it; none where anybody may. */
  readonly verbs: readonly Verb[];
  /** Whether rules can let it in on one thing and keep it from another. */
  readonly about: 'subject' | 'stream' | 'nothing';
  /** What a client gets that may do everything; OK when left out. */
  readonly allowed?: status;
  /** Whether the call is over only when somebody ends it. */
  readonly endless?: true;
  /** Codes of the parts that have failed in an answer that is OK as a whole. */
  readonly failuresIn?: (message: Buffer) => readonly number[];
}

const batchCodec = new ProtoCodec<object, PublishBatchResponse__Output>('waybill.v1.PublishBatchResponse');
const publishStreamCodec = new ProtoCodec<object, PublishStreamResponse__Output>('waybill.v1.PublishStreamResponse');

const encode = (type: string, request: object): Buffer => new ProtoCodec(type).encode(request);

/** Every method of every service, each with a request for {@link GUARDED} that would change or tell something. */
export function guardedMethods({ eventId }: { readonly eventId: string }): readonly GuardedMethod[] {
  const message = { subject: GUARDED, body: Buffer.from('intruder') };
  const broker = (name: string, verb: Verb, request: object, more: Partial<GuardedMethod> = {}): GuardedMethod => ({
    path: `waybill.v1.BrokerService/${name}`,
    request: encode(`waybill.v1.${name}Request`, request),
    verbs: [verb],
    about: 'subject',
    ...more,
  });
  const admin = (name: string, request: object, about: GuardedMethod['about'] = 'subject'): GuardedMethod => ({
    path: `waybill.v1.AdminService/${name}`,
    request: encode(`waybill.v1.${name}Request`, request),
    verbs: ['administer'],
    about,
  });
  const stream = (
    name: string,
    verbs: readonly Verb[],
    request: object = {},
    allowed: status = status.OK,
  ): GuardedMethod => ({
    path: `waybill.v1.StreamService/${name}`,
    request: encode(`waybill.v1.${name}Request`, { streamName: GUARDED, ...request }),
    verbs,
    about: 'stream',
    allowed,
  });
  const compat = (name: string, verb: Verb, request: object, more: Partial<GuardedMethod> = {}): GuardedMethod => ({
    path: `broker.Broker/${name}`,
    request: encode(`broker.${name}Request`, { subject: GUARDED, ...request }),
    verbs: [verb],
    about: 'subject',
    ...more,
  });
  return [
    broker('Publish', 'publish', message),
    broker(
      'PublishBatch',
      'publish',
      { messages: [message, message] },
      { failuresIn: (bytes) => batchCodec.decode(bytes).results.map(({ failure }) => failure?.code ?? 0) },
    ),
    broker(
      'PublishStream',
      'publish',
      { sequence: 1, messages: [message, message] },
      {
        failuresIn: (bytes) =>
          (publishStreamCodec.decode(bytes).ack?.failures ?? []).map(({ status: failed }) => failed?.code ?? 0),
      },
    ),
    broker('Fetch', 'fetch', { subject: GUARDED, id: 1 }),
    broker('List', 'fetch', { subject: GUARDED }),
    broker('Subscribe', 'subscribe', { subjects: [GUARDED] }, { endless: true }),
    compat('Publish', 'publish', { body: Buffer.from('intruder'), expirationSeconds: 60 }),
    compat('Fetch', 'fetch', { id: 1 }),
    compat('Subscribe', 'subscribe', {}, { endless: true }),
    stream('GetStream', ['get_stream_info']),
    stream('ListStreams', ['list_streams'], { streamName: undefined, prefix: GUARDED }),
    stream('WriteEvent', ['write_event'], { body: Buffer.from('"intruder"') }),
    stream('ListEvents', ['get_stream_events']),
    stream('ProcessEvents', ['process_events']),
    stream('RetryEvents', ['retry_events']),
    stream('MarkEvent', ['mark_event'], { streamName: undefined, eventId, status: 'EVENT_STATUS_PROCESSED' }),
    stream('ExtendLease', ['process_events', 'retry_events'], { leaseId: 'l', duration: { seconds: 60 } }, LEASE_LOST),
    stream('ReleaseLease', ['process_events', 'retry_events'], { leaseId: 'l' }),
    stream('CreateStream', ['create_stream'], {}, status.ALREADY_EXISTS),
    admin('GetServerInfo', {}, 'nothing'),
    admin('ListSubjects', { prefix: GUARDED }),
    admin('GetSubject', { subject: GUARDED }),
    admin('PurgeSubject', { subject: GUARDED, execute: true }),
    stream('DeleteStream', ['delete_stream']),
    ...['v1', 'v1alpha'].map((version) => ({
      path: `grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      request: encode('grpc.reflection.v1.ServerReflectionRequest', { listServices: '' }),
      verbs: ['reflect'] as const,
      about: 'nothing' as const,
    })),
    ...['Check', 'List', 'Watch'].map((name) => ({
      path: `grpc.health.v1.Health/${name}`,
      request: Buffer.alloc(0),
      verbs: [],
      about: 'nothing' as const,
      ...(name === 'Watch' ? { endless: true as const } : {}),
    })),
  ];
}

const LEASE_LOST = status.FAILED_PRECONDITION;
