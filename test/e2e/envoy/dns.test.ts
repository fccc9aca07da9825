import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { DnsServer } from '../../support/programs/dns-server.js';
import { named } from '../../support/programs/envoy-config.js';
import { Envoy } from '../../support/programs/envoy.js';
import { ServedBroker } from '../../support/served-broker.js';
import { freePort } from '../../support/services/free-port.js';
import { toolsMissing } from '../../support/tools.js';

const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

requireBackend('envoy', toolsMissing('envoy'))('Envoy with a name that has several addresses', () => {
  let dns: DnsServer;
  const brokers: ServedBroker[] = [];
  let envoy: Envoy;
  let client: WaybillClient;

  beforeAll(async () => {
    const port = await freePort();
    for (const address of ADDRESSES) {
      brokers.push(await ServedBroker.start(['--grpc-address', `${address}:${port}`]));
    }
    dns = await DnsServer.start(ADDRESSES.slice(0, 2));
    const resolver = {
      name: 'envoy.network.dns_resolver.cares',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
        resolvers: [{ socket_address: { protocol: 'UDP', address: '127.0.0.1', port_value: dns.port } }],
        dns_resolver_options: { no_default_search_domain: true },
      },
    };
    envoy = await Envoy.start({
      brokers: [],
      // The name of the file instead of addresses, asked of our own server.
      edit: ({ static_resources: { clusters } }) => {
        const cluster = named(clusters, 'waybill');
        const endpoint = { address: { socket_address: { address: 'waybill', port_value: port } } };
        cluster.load_assignment = { cluster_name: 'waybill', endpoints: [{ lb_endpoints: [{ endpoint }] }] };
        Object.assign(cluster.cluster_type?.typed_config ?? {}, { typed_dns_resolver_config: resolver });
      },
    });
    client = connect({ address: envoy.address, ownConnection: true });
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await Promise.all(brokers.map((broker) => broker.dispose()));
    await dns?.stop();
  });

  /** How many of the calls each broker answers. */
  async function shares(calls: number): Promise<readonly number[]> {
    const before = await Promise.all(brokers.map(({ admin }) => published(admin)));
    for (let call = 0; call < calls; call++) await client.publish({ subject: 'orders', body: 'tea' });
    const after = await Promise.all(brokers.map(({ admin }) => published(admin)));
    return after.map((count, index) => count - before[index]!);
  }

  async function published(admin: string): Promise<number> {
    const text = await (await fetch(`${admin}/metrics`)).text();
    return Number(/^waybill_messages_published_total(?:\{.*\})? (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  it('sends calls to the brokers at all of them', async () => {
    await envoy.untilHealthy(2);
    const [first = 0, second = 0, third] = await shares(60);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(0);
    expect(third).toBe(0);
  });

  it('notices one that is added', async () => {
    dns.addresses = ADDRESSES;
    // It is counted before its first health check, and called after.
    while ((await shares(10))[2] === 0);
    expect(await envoy.stat('cluster.waybill.membership_healthy')).toBe(3);
  });

  it('leaves one that is gone', async () => {
    dns.addresses = ADDRESSES.slice(1);
    await brokers[0]?.dispose();
    await envoy.untilHealthy(2);
    for (let call = 0; call < 60; call++) await client.publish({ subject: 'orders', body: 'tea' });
    while ((await envoy.stat('cluster.waybill.membership_total')) !== 2);
  });
});
