import { connect, type WaybillClient } from '../../../src/client/index.js';
import type { Brokers } from '../crash/brokers.js';
import type { Front } from '../replicas/replica-run.js';
import type { ReplicaSet } from '../replicas/replica-set.js';
import { Envoy, portOf } from './envoy.js';

/** Envoy before replicas: whoever is asked, each client has one connection, to Envoy. */
export class EnvoyFront implements Front {
  readonly envoy: Envoy;
  readonly #clients: WaybillClient[] = [];

  private constructor(envoy: Envoy) {
    this.envoy = envoy;
  }

  static async before(replicas: ReplicaSet): Promise<EnvoyFront> {
    const brokers = replicas.addresses.map((address) => ({ grpc: portOf(address) }));
    return new EnvoyFront(await Envoy.start({ brokers }));
  }

  connect(): Brokers {
    const client = connect({ address: this.envoy.address, ownConnection: true, timeoutMs: 10_000 });
    this.#clients.push(client);
    return { serving: () => Promise.resolve(client) };
  }

  connectTo(): Brokers {
    return this.connect();
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.envoy.stop();
  }
}
