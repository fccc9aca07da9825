import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../src/client/index.js';
import { ServerProcess } from '../support/server-process.js';
import { StreamConnection } from '../support/swarm/stream-connection.js';
import { Swarm } from '../support/swarm/swarm.js';

const STREAMS = 500;
const CONNECTIONS = 10;
const GROUPS = 5;
const BODY_BYTES = 4096;
/** 8 MiB: more than what waits for one stream and what a feed keeps of recent messages, together. */
const FLOOD = 2048;
const WITHOUT_END = 2 ** 30;

let path: string;
let server: ServerProcess;
let client: WaybillClient;
let connections: StreamConnection[];

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'waybill-subscribers-'));
  server = ServerProcess.spawn({ flags: ['--storage', 'embedded', '--embedded-path', path] });
  const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
  client = connect({ address, ownConnection: true });
  connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => StreamConnection.connect(address)));
});

afterEach(async () => {
  for (const connection of connections) connection.break();
  client.close();
  await server.dispose();
  await rm(path, { recursive: true });
});

/** Subscribers of both contracts over all connections, which read. */
function subscribeAll(swarm: Swarm, count: number): void {
  for (let i = 0; i < count; i++) {
    const connection = connections[i % CONNECTIONS]!;
    const { stream } =
      i % 2 === 0
        ? swarm.subscribe(connection, 'broker', ['everyone'])
        : swarm.subscribe(connection, 'waybill.v1', ['everyone', `group.${i % GROUPS}`, `own.${i}`]);
    stream.allow(WITHOUT_END);
  }
}

it(`gives each of ${STREAMS} subscribers on ${CONNECTIONS} connections every message once and in order`, async () => {
  const swarm = new Swarm(client);
  subscribeAll(swarm, STREAMS);
  await swarm.allStanding();
  for (let i = 1; i < STREAMS; i += 2) {
    if (i % 25 === 0) await swarm.publish('everyone');
    await swarm.publish(`group.${i % GROUPS}`);
    await swarm.publish(`own.${i}`);
  }
  await swarm.allReceived();
  expect(swarm.violations).toEqual([]);
  expect(swarm.progress.received).toBe(STREAMS * 10 + (STREAMS / 2) * 51);
  await swarm.close();
});

it('serves one that stops reading from the log later, while the others of its connection get everything', async () => {
  const swarm = new Swarm(client);
  const slow = swarm.subscribe(connections[0]!, 'waybill.v1', ['flood', 'everyone']);
  const { subscriber: neighbour, stream } = swarm.subscribe(connections[0]!, 'waybill.v1', ['flood', 'everyone']);
  stream.allow(WITHOUT_END);
  subscribeAll(swarm, 100);
  await swarm.allStanding();
  for (let i = 0; i < FLOOD; i++) await swarm.publish('flood', BODY_BYTES);
  await swarm.publish('everyone');
  await swarm.allReceived(slow.subscriber);
  expect(neighbour.received).toBe(FLOOD + 1);
  expect(slow.subscriber.received).toBeLessThan(FLOOD);

  slow.stream.allow(WITHOUT_END);
  await swarm.allReceived();
  // Live again: what is published now comes after its last CaughtUp.
  await swarm.publish('flood');
  await swarm.allReceived();
  expect(swarm.violations).toEqual([]);
  expect(slow.subscriber.events).toEqual(['confirmed', 'caughtUp', 'fellBehind', 'caughtUp']);
  await swarm.close();
});
