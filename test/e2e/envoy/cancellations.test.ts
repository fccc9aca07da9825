import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { encode } from '../../support/hardened-server.js';
import { limitCalls } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';
import { ServedBroker } from '../../support/served-broker.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { toolsMissing } from '../../support/tools.js';

const ENOUGH = { max_tokens: 1_000_000, tokens_per_fill: 1_000_000, fill_interval: '1s' };
/** With the one that stays they fit on one connection to the broker. */
const STREAMS = 100;

requireBackend('envoy', toolsMissing('envoy'))('clients behind Envoy that cancel thousands of streams', () => {
  let broker: ServedBroker;
  let envoy: Envoy;
  let client: WaybillClient;

  beforeAll(async () => {
    broker = await ServedBroker.start([]);
    envoy = await Envoy.start({
      brokers: [{ grpc: portOf(broker.grpc) }],
      workers: 1,
      // Many clients at many addresses would have as much.
      edit: (config) => limitCalls(config, 'stream', 'anonymous', ENOUGH),
    });
    await envoy.untilHealthy(1);
    client = connect({ address: envoy.address, ownConnection: true });
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await broker?.dispose();
  });

  /** Opens streams, and cancels them one by one or by breaking the connection. */
  async function cancelMany(oneByOne: boolean): Promise<void> {
    const raw = new RawGrpc(envoy.address);
    const streams = Array.from({ length: STREAMS }, () => {
      const stream = raw.open('/broker.Broker/Subscribe');
      stream.on('error', () => undefined);
      stream.end(frame(encode('broker.SubscribeRequest', { subject: 'none' })));
      return stream;
    });
    await Promise.all(streams.map((stream) => once(stream, 'response')));
    const closed = oneByOne ? Promise.all(streams.map((stream) => once(stream, 'close'))) : undefined;
    if (oneByOne) for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    await closed;
    raw.breakConnection();
  }

  it('interrupt nobody whose stream is on the same connection to the broker', async () => {
    const reader = new SubscriptionReader(client, { subjects: ['kept'] });
    await reader.untilKind('caughtUp');
    // Node takes 1,000 resets on a connection, and 33 more per second; then it wants no more streams there.
    for (let round = 0; (await envoy.stat('cluster.waybill.upstream_cx_close_notify')) === 0; round++) {
      await cancelMany(round % 2 === 0);
    }
    await client.publish({ subject: 'kept', body: 'tea' });
    await reader.untilMessages(1);
    expect(reader.kinds).not.toContain('reconnecting');
    while ((await broker.metric('waybill_active_subscribers')) > 1);
    await reader.close();
  });
});
