import { once } from 'node:events';
import { status, type Client, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { ProtoCodec } from '../../src/grpc/proto-codec.js';
import { createClient, identity } from '../support/grpc-client.js';
import { ServerProcess } from '../support/server-process.js';

const STREAMS = 1_000;
const CONNECTIONS = 10;

interface Frame {
  readonly cursor: string;
  readonly confirmed?: object;
  readonly draining?: object;
}

const requests = new ProtoCodec<object, object>('waybill.v1.SubscribeRequest');
const frames = new ProtoCodec<object, Frame>('waybill.v1.SubscribeResponse');

function subscribe(client: Client): ClientReadableStream<Buffer> {
  const request = requests.encode({ subjects: ['orders'], new: {} });
  return client.makeServerStreamRequest('/waybill.v1.BrokerService/Subscribe', identity, identity, request);
}

/** What a stream was told from its opening to its end. */
async function follow(stream: ClientReadableStream<Buffer>, onConfirmed: () => void) {
  let last: Frame | undefined;
  stream.on('data', (bytes: Buffer) => {
    last = frames.decode(bytes);
    if (last.confirmed) onConfirmed();
  });
  const [error] = (await once(stream, 'error')) as [ServiceError];
  return { code: error.code, draining: Boolean(last?.draining), cursor: last?.cursor !== '' };
}

describe('stopping', () => {
  it(`tells ${STREAMS} subscribers where to resume and exits with 0`, async () => {
    const server = ServerProcess.spawn();
    const clients: Client[] = [];
    try {
      const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
      for (let i = 0; i < CONNECTIONS; i++) {
        clients.push(createClient(address, undefined, { 'grpc.use_local_subchannel_pool': 1 }));
      }
      let confirmed = 0;
      let allConfirmed = (): void => {};
      const opened = new Promise<void>((resolve) => (allConfirmed = resolve));
      const followed = Array.from({ length: STREAMS }, (_, i) =>
        follow(subscribe(clients[i % CONNECTIONS] as Client), () => {
          if (++confirmed === STREAMS) allConfirmed();
        }),
      );
      await opened;
      server.kill('SIGTERM');
      const seen = new Set((await Promise.all(followed)).map((ending) => JSON.stringify(ending)));
      expect([...seen]).toEqual([JSON.stringify({ code: status.UNAVAILABLE, draining: true, cursor: true })]);
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(server.stdout).toContain('"stopped"');
    } finally {
      for (const client of clients) client.close();
      await server.dispose();
    }
  });
});
