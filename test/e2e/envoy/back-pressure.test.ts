import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { BROKER, encode, MIB } from '../../support/hardened-server.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { toolsMissing } from '../../support/tools.js';

/**
 * More than enough to use up a window of 1 MiB for a whole connection with the 64 KiB of each, so that the neighbour,
 * whose stream is on the same connection to the broker, would get nothing more.
 */
const SILENT = 40;
const BODY = Buffer.alloc(64 * 1024, 'x');
const MESSAGES = 600;
const MAX_GROWTH = 64 * MIB;

requireBackend('envoy', toolsMissing('envoy'))('subscribers behind Envoy that do not read', () => {
  let folder: string;
  let server: ServerProcess;
  let broker: ServedBroker;
  let envoy: Envoy;
  let client: WaybillClient;
  let told = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-back-pressure-'));
    const preload = join(__dirname, '../../support/tell-memory-on-signal.cjs');
    server = ServerProcess.spawn({
      flags: ['--storage', 'embedded', '--embedded-path', folder],
      environment: { NODE_OPTIONS: `--require ${preload}` },
    });
    broker = await ServedBroker.of(server);
    // One worker has one connection to the broker for all streams.
    envoy = await Envoy.start({ brokers: [{ grpc: portOf(broker.grpc) }], workers: 1 });
    await envoy.untilHealthy(1);
    client = connect({ address: envoy.address, ownConnection: true });
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await broker?.dispose();
    await rm(folder, { recursive: true });
  });

  /** Bytes that the broker holds, garbage excluded. */
  async function heldBytes(): Promise<number> {
    server.kill('SIGUSR2');
    return Number(/: (\d+) bytes/.exec(await server.printed(`memory ${++told}: `))?.[1]);
  }

  it('cost the broker and Envoy a bounded amount of memory, and their neighbours nothing', async () => {
    const neighbour = new SubscriptionReader(client, { subjects: ['flood'] });
    await neighbour.untilKind('caughtUp');
    const raw = new RawGrpc(envoy.address);
    for (let opened = 0; opened < SILENT; opened++) {
      const original = opened % 2 === 0;
      const stream = raw.open(original ? '/broker.Broker/Subscribe' : `${BROKER}/Subscribe`);
      stream.on('error', () => undefined);
      const request = original
        ? encode('broker.SubscribeRequest', { subject: 'flood' })
        : encode('waybill.v1.SubscribeRequest', { subjects: ['flood'], new: {} });
      stream.end(frame(request));
      await once(stream, 'response');
    }
    expect(await broker.metric('waybill_active_subscribers')).toBe(SILENT + 1);
    const [brokerBefore, envoyBefore] = [await heldBytes(), envoy.residentBytes()];

    const stream = client.publishStream();
    const acknowledged = [];
    for (let sent = 0; sent < MESSAGES; sent++) {
      await stream.ready();
      acknowledged.push(stream.send([{ subject: 'flood', body: BODY }]));
    }
    for (const { failures } of await Promise.all(acknowledged)) expect(failures).toEqual([]);
    await stream.close();
    await neighbour.untilMessages(MESSAGES);

    expect((await heldBytes()) - brokerBefore).toBeLessThan(MAX_GROWTH);
    expect(envoy.residentBytes() - envoyBefore).toBeLessThan(MAX_GROWTH);
    // All of them on one connection, besides that of the health checks.
    expect(await envoy.stat('cluster.waybill.upstream_cx_active')).toBe(1);
    expect(await broker.metric('waybill_active_subscribers')).toBe(SILENT + 1);

    raw.breakConnection();
    while ((await broker.metric('waybill_active_subscribers')) > 1);
    await neighbour.close();
  });
});
