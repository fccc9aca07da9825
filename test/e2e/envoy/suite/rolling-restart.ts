import { connect } from '../../../../src/client/index.js';
import { BrokerUnderTest } from '../../../support/crash/broker-under-test.js';
import { Envoy, portOf } from '../../../support/programs/envoy.js';
import { RollingLoad } from '../../../support/programs/rolling-load.js';
import { createNamespace } from '../../../support/services/storage-namespace.js';

const BROKERS = 2;
const ROUNDS = 2;
const CALLERS = 4;

/** Restarts replicas one after the other under load, and checks that no call has failed. */
export async function restartInTurn(): Promise<void> {
  const namespace = createNamespace('postgres');
  const brokers: BrokerUnderTest[] = [];
  const clients = [];
  let envoy: Envoy | undefined;
  try {
    while (brokers.length < BROKERS) {
      const broker = await BrokerUnderTest.create([...namespace.flags, '--drain-delay', '3s']);
      brokers.push(broker);
      await broker.start();
    }
    envoy = await Envoy.start({ brokers: brokers.map(({ address }) => ({ grpc: portOf(address) })) });
    await envoy.untilHealthy(BROKERS);
    const loads: RollingLoad[] = [];
    for (let caller = 0; caller < CALLERS; caller++) {
      const client = connect({ address: envoy.address, ownConnection: true });
      clients.push(client);
      const load = new RollingLoad(client, `caller${caller}`);
      loads.push(load);
      await load.start();
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const broker of brokers) {
        await broker.stop();
        await broker.start();
        await envoy.untilHealthy(BROKERS);
      }
    }
    await Promise.all(loads.map((load) => load.stop()));
    const calls = loads.reduce((sum, load) => sum + load.calls, 0);
    const retries = await envoy.stat('cluster.waybill.upstream_rq_retry');
    process.stderr.write(`${calls} calls, ${retries} of them tried again by Envoy\n`);
    expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
    for (const load of loads) load.checkDelivered();
    expect(calls).toBeGreaterThan(BROKERS * ROUNDS * 100);
  } finally {
    for (const client of clients) client.close();
    await envoy?.stop();
    await Promise.all(brokers.map((broker) => broker.kill()));
    await namespace.remove();
  }
}
