import { connect, type WaybillClient } from '../../src/client/index.js';
import { LineProcess } from './line-process.js';
import { ServerProcess } from './server-process.js';

/** A call as a command-line client makes it, without any file of the contract. */
export interface ReflectedCall {
  /** `package.Service/Method` */
  readonly method: string;
  /** `EVENT_ID` and `LEASE_ID` stand for those of an event that is under a lease. */
  readonly requests: readonly object[];
  /** What each response must contain, in order. */
  readonly responses: readonly object[];
  /** The server does not end this stream: the responses come, the last after this message is published. */
  readonly endless?: { readonly publish?: { readonly subject: string; readonly body: string } };
}

/** What differs between the clients. */
export interface ReflectionTool {
  readonly listMethods: (address: string) => Promise<readonly string[]>;
  /** The requests are on standard input. */
  readonly call: (address: string, method: string) => readonly [program: string, ...args: string[]];
  /** The same, also telling when the server's headers have come. */
  readonly verboseCall: (address: string, method: string) => readonly [program: string, ...args: string[]];
  readonly headersReceived: (program: LineProcess) => Promise<void>;
}

const HELLO = Buffer.from('hello').toString('base64');
const HELLO_JSON = Buffer.from('"hello"').toString('base64');
const SERVING = { status: 'SERVING' };
const ERROR_INFO = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SUBJECT_INVALID' };
const SUBJECT_INVALID = { code: 3, details: [ERROR_INFO] };
const LISTED = { name: 'waybill.v1.BrokerService' };

const EVENT = { status: 'EVENT_STATUS_UNPROCESSED', body: HELLO_JSON };

/**
 * Before the calls the subject `orders` holds three messages, to which nothing is added, the stream `parcels` one event, and
 * the stream `leased` one that is under a lease; the stream `emptied` is there.
 */
export const REFLECTED_CALLS: readonly ReflectedCall[] = [
  {
    method: 'broker.Broker/Publish',
    requests: [{ subject: 'original', body: HELLO, expirationSeconds: 60 }],
    responses: [{ id: 1 }],
  },
  {
    method: 'broker.Broker/Fetch',
    requests: [{ subject: 'orders', id: 2 }],
    responses: [{ body: HELLO }],
  },
  {
    method: 'broker.Broker/Subscribe',
    requests: [{ subject: 'live' }],
    responses: [{ body: HELLO }],
    endless: { publish: { subject: 'live', body: 'hello' } },
  },
  {
    method: 'waybill.v1.BrokerService/Publish',
    requests: [{ subject: 'publish', body: HELLO, headers: { kind: 'greeting' }, ttl: '60s', expectedLastId: 0 }],
    responses: [{ id: '1', publishTime: expect.any(String), cursor: expect.any(String) }],
  },
  {
    method: 'waybill.v1.BrokerService/PublishBatch',
    requests: [{ messages: [{ subject: 'batch', body: HELLO }, { subject: '$batch' }] }],
    responses: [{ results: [{ published: { id: '1' } }, { failure: SUBJECT_INVALID }] }],
  },
  {
    method: 'waybill.v1.BrokerService/PublishStream',
    requests: [
      { sequence: 7, messages: [{ subject: 'stream', body: HELLO }, { subject: 'stream' }] },
      { sequence: 8, messages: [{ subject: '' }, { subject: 'stream' }] },
    ],
    responses: [
      { opened: { creditMessages: expect.any(Number), creditBytes: expect.any(Number) } },
      { ack: { sequence: '7', ids: ['1', '2'] } },
      { ack: { sequence: '8', ids: ['0', '3'], failures: [{ status: SUBJECT_INVALID }] } },
    ],
  },
  {
    method: 'waybill.v1.BrokerService/Fetch',
    requests: [{ subject: 'orders', id: '3' }],
    responses: [{ message: { subject: 'orders', id: '3', body: HELLO } }],
  },
  {
    method: 'waybill.v1.BrokerService/List',
    requests: [{ subject: 'orders', backwards: true, pageSize: 2 }],
    responses: [{ messages: [{ id: '3' }, { id: '2' }], firstId: '1', lastId: '3', nextPageToken: expect.any(String) }],
  },
  {
    method: 'waybill.v1.BrokerService/Subscribe',
    requests: [{ subjects: ['orders'], position: 'START_POSITION_EARLIEST', stopAtHead: true }],
    responses: [
      { confirmed: { heartbeatInterval: '15s', epoch: expect.any(String) } },
      { batch: { messages: [{ id: '1' }, { id: '2' }, { id: '3' }] } },
    ],
  },
  {
    method: 'waybill.v1.BrokerService/Subscribe',
    requests: [{ subjects: ['orders'], afterId: '1', maxMessages: '1' }],
    responses: [{ confirmed: {} }, { batch: { messages: [{ id: '2' }] } }],
  },
  {
    method: 'waybill.v1.AdminService/GetServerInfo',
    requests: [{}],
    responses: [{ storage: { name: 'memory' }, limits: { maxSubjectBytes: 256 } }],
  },
  {
    method: 'waybill.v1.AdminService/ListSubjects',
    requests: [{ prefix: 'orders' }],
    responses: [{ subjects: [{ name: 'orders', lastId: '3' }] }],
  },
  {
    method: 'waybill.v1.AdminService/GetSubject',
    requests: [{ subject: 'orders' }],
    responses: [{ subject: { name: 'orders', firstId: '1', lastId: '3', messages: '3', bytes: '15' } }],
  },
  {
    method: 'waybill.v1.AdminService/PurgeSubject',
    requests: [{ subject: 'orders', keepLast: '1' }],
    responses: [{ messages: '2', firstId: '3' }],
  },
  {
    method: 'waybill.v1.StreamService/CreateStream',
    requests: [{ streamName: 'made', eventTtl: '60s' }],
    responses: [{ stream: { name: 'made', eventTtl: '60s', subject: '$streams.made' } }],
  },
  { method: 'waybill.v1.StreamService/DeleteStream', requests: [{ streamName: 'emptied' }], responses: [{}] },
  {
    method: 'waybill.v1.StreamService/GetStream',
    requests: [{ streamName: 'parcels' }],
    responses: [{ stream: { name: 'parcels', createTime: expect.any(String), eventTtl: '2592000s' } }],
  },
  {
    method: 'waybill.v1.StreamService/ListStreams',
    requests: [{ prefix: 'par' }],
    responses: [{ streams: [{ name: 'parcels' }] }],
  },
  {
    method: 'waybill.v1.StreamService/WriteEvent',
    requests: [{ streamName: 'leased', body: HELLO_JSON }],
    responses: [{ eventId: expect.any(String), createTime: expect.any(String), messageId: '2' }],
  },
  {
    method: 'waybill.v1.StreamService/ListEvents',
    requests: [{ streamName: 'parcels', pageSize: 1 }],
    responses: [{ events: [EVENT] }],
  },
  {
    method: 'waybill.v1.StreamService/ProcessEvents',
    requests: [{ streamName: 'parcels', leaseDuration: '60s' }],
    responses: [{ events: [EVENT], lease: { id: expect.any(String), expireTime: expect.any(String) } }],
  },
  { method: 'waybill.v1.StreamService/RetryEvents', requests: [{ streamName: 'parcels' }], responses: [{}] },
  {
    method: 'waybill.v1.StreamService/ExtendLease',
    requests: [{ streamName: 'leased', leaseId: 'LEASE_ID', duration: '120s' }],
    responses: [{ lease: { id: expect.any(String), expireTime: expect.any(String) } }],
  },
  {
    method: 'waybill.v1.StreamService/MarkEvent',
    requests: [{ eventId: 'EVENT_ID', status: 'EVENT_STATUS_PROCESSED', leaseId: 'LEASE_ID' }],
    responses: [{}],
  },
  {
    method: 'waybill.v1.StreamService/ReleaseLease',
    requests: [{ streamName: 'leased', leaseId: 'LEASE_ID' }],
    responses: [{}],
  },
  { method: 'grpc.health.v1.Health/Check', requests: [{ service: 'broker.Broker' }], responses: [SERVING] },
  {
    method: 'grpc.health.v1.Health/List',
    requests: [{}],
    responses: [
      {
        statuses: {
          '': SERVING,
          'broker.Broker': SERVING,
          'waybill.v1.AdminService': SERVING,
          'waybill.v1.StreamService': SERVING,
        },
      },
    ],
  },
  {
    method: 'grpc.health.v1.Health/Watch',
    requests: [{ service: 'waybill.v1.BrokerService' }],
    responses: [SERVING],
    endless: {},
  },
  ...['v1', 'v1alpha'].map((version) => ({
    method: `grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    requests: [{ listServices: '' }, { fileByFilename: 'none.proto' }],
    responses: [
      { listServicesResponse: { service: expect.arrayContaining([LISTED]) } },
      { errorResponse: { errorCode: 5 } },
    ],
  })),
];

/** Makes every call by a command-line client that learns the contracts from the server. */
export function describeReflectedCalls(tool: ReflectionTool): void {
  let server: ServerProcess;
  let address: string;
  let client: WaybillClient;
  let eventId: string;
  let leaseId: string;
  let program: LineProcess | undefined;

  beforeAll(async () => {
    server = ServerProcess.spawn();
    [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
    client = connect({ address });
    for (let count = 0; count < 3; count++) await client.publish({ subject: 'orders', body: 'hello' });
    for (const name of ['parcels', 'leased', 'emptied']) await client.streams.create({ name });
    for (const name of ['parcels', 'leased']) await client.streams.write(name, '"hello"');
    const { events, lease } = await client.streams.process({ stream: 'leased', leaseMs: 60_000 });
    [eventId, leaseId] = [events[0]?.id ?? '', lease?.id ?? ''];
  });

  afterEach(async () => {
    await program?.dispose();
    program = undefined;
  });

  afterAll(async () => {
    client.close();
    await server.dispose();
  });

  it('knows every method, and each is called here', async () => {
    const called = new Set(REFLECTED_CALLS.map(({ method }) => method));
    expect((await tool.listMethods(address)).toSorted()).toEqual([...called].toSorted());
  });

  it.each(REFLECTED_CALLS)('calls $method', async ({ method, requests, responses, endless }) => {
    const text = requests.map((request) => JSON.stringify(request)).join('\n');
    const input = text.replaceAll('EVENT_ID', eventId).replaceAll('LEASE_ID', leaseId);
    if (endless?.publish !== undefined) {
      program = new LineProcess(tool.verboseCall(address, method), { input });
      await tool.headersReceived(program);
      await client.publish(endless.publish);
    } else {
      program = new LineProcess(tool.call(address, method), { input });
    }
    // The last line of a response.
    if (endless !== undefined) await program.printed(/^\}/);
    else await program.finished();
    expect(jsonValues(program.lines)).toMatchObject(responses);
  });
}

/** Objects printed one after another, each beginning at the start of a line; other lines between them are left out. */
function jsonValues(lines: readonly string[]): unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < lines.length; at++) {
    const begin = at;
    if (lines[at] === '{') while (lines[at] !== '}') at++;
    if (lines[begin]?.startsWith('{') === true) values.push(JSON.parse(lines.slice(begin, at + 1).join('\n')));
  }
  return values;
}
