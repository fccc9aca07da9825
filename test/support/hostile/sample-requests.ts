import { encode } from '../hardened-server.js';

/** A valid request of one method. */
export interface SampleRequest {
  readonly path: string;
  readonly request: Buffer;
  /** The answer has no end of its own. */
  readonly streams: boolean;
}

const MESSAGE = {
  subject: 'fuzz.a',
  body: Buffer.from('hello'),
  headers: { kind: 'greeting' },
  ttl: { seconds: 60 },
  idempotencyKey: 'key',
  expectedLastId: 0,
  fence: { lock: 'lock', token: 7 },
};

/** By `package.Service`: the requests of its methods, by the types `package.MethodRequest`. */
const REQUESTS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'waybill.v1.BrokerService': {
    Publish: MESSAGE,
    PublishBatch: { messages: [MESSAGE, { subject: 'fuzz.b', body: Buffer.alloc(200) }] },
    PublishStream: { sequence: 1, messages: [MESSAGE, { subject: 'fuzz.b', fireAndForget: true }] },
    Subscribe: { subjects: ['fuzz.*'], start: { afterId: 3 }, maxBatchMessages: 5 },
    Fetch: { subject: 'fuzz.a', id: 1 },
    List: { subject: 'fuzz.a', pageSize: 10, pageToken: 'abc' },
  },
  'waybill.v1.StreamService': {
    CreateStream: { streamName: 'fuzz', eventTtl: { seconds: 60 } },
    GetStream: { streamName: 'fuzz' },
    ListStreams: { pageSize: 10, pageToken: 'abc' },
    WriteEvent: { streamName: 'fuzz', body: Buffer.from('{}') },
    ListEvents: { streamName: 'fuzz', pageSize: 10 },
    ProcessEvents: { streamName: 'fuzz', maxEvents: 3 },
    MarkEvent: { eventId: '018f4c5e-0000-7000-8000-000000000001', status: 1, leaseId: 'lease' },
    ExtendLease: { streamName: 'fuzz', leaseId: 'lease', duration: { seconds: 5 } },
  },
  'waybill.v1.AdminService': {
    GetSubject: { subject: 'fuzz.a' },
    ListSubjects: { prefix: 'f', pageSize: 5 },
    PurgeSubject: { subject: 'fuzz.none', beforeId: 2 },
  },
  broker: {
    Publish: { subject: 'fuzz.c', body: Buffer.from('hello'), expirationSeconds: 5 },
    Fetch: { subject: 'fuzz.c', id: 1 },
    Subscribe: { subject: 'fuzz.c' },
  },
};

/** One request of each method that takes more than a name. */
export function sampleRequests(): readonly SampleRequest[] {
  return Object.entries(REQUESTS).flatMap(([service, methods]) =>
    Object.entries(methods).map(([method, message]) => {
      const contract = service.slice(0, service.lastIndexOf('.'));
      const [path, type] =
        service === 'broker'
          ? [`/broker.Broker/${method}`, `broker.${method}Request`]
          : [`/${service}/${method}`, `${contract}.${method}Request`];
      return { path, request: encode(type, message), streams: method === 'Subscribe' };
    }),
  );
}
