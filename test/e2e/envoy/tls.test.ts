import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { parse } from 'yaml';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { type EnvoyConfig, named } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { RawBus } from '../../support/raw-bus.js';
import { CertificateAuthority, type Identity } from '../../support/security/certificate-authority.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { freePort } from '../../support/services/free-port.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { toolsMissing } from '../../support/tools.js';

const DOCUMENTED_FOLDER = '/etc/envoy/tls';
const CREDENTIALS = { clientId: 'shop', clientSecret: 'secret' };
const authority = CertificateAuthority.root('test');

/** The example of docs/operations/envoy.md that begins with a comment of this text. */
async function example(title: string, folder: string): Promise<Record<string, unknown>> {
  const page = await readFile(join(__dirname, '../../../docs/operations/envoy.md'), 'utf8');
  const block = page.split('```yaml\n').find((candidate) => candidate.startsWith(`# ${title}\n`));
  const text = block?.split('```')[0]?.replaceAll(DOCUMENTED_FOLDER, folder);
  if (text === undefined) throw new Error(`the page has no example "${title}"`);
  return parse(text) as Record<string, unknown>;
}

async function install(folder: string, { cert, key }: Identity): Promise<void> {
  for (const [file, text] of [
    ['tls.key', key],
    ['tls.crt', cert],
  ] as const) {
    await writeFile(join(folder, `new.${file}`), text);
    await rename(join(folder, `new.${file}`), join(folder, file));
  }
}

requireBackend('envoy', toolsMissing('envoy'))('Envoy with TLS on both sides, as its page shows', () => {
  let folder: string;
  let broker: ServedBroker;
  let envoy: Envoy;
  let client: WaybillClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-envoy-tls-'));
    await writeFile(join(folder, 'ca.crt'), authority.cert);
    const own = authority.issue({ commonName: 'waybill', dnsNames: ['waybill'] });
    await writeFile(join(folder, 'broker.crt'), own.cert);
    await writeFile(join(folder, 'broker.key'), own.key);
    await install(folder, authority.issue({ commonName: 'first', dnsNames: ['localhost'] }));

    const tcp = await freePort();
    const flags = ['--tls-cert-file', join(folder, 'broker.crt'), '--tls-key-file', join(folder, 'broker.key')];
    const environment = { WAYBILL_CLIENTS: 'shop:secret', WAYBILL_AUTH: 'required' };
    const process = ServerProcess.spawn({ flags: [...flags, '--tcp-address', `127.0.0.1:${tcp}`], environment });
    broker = await ServedBroker.of(process);

    const listening = await example('listeners[grpc].filter_chains[0]', folder);
    const certificates = await example(`${folder}/server.yaml`.replace(folder, DOCUMENTED_FOLDER), folder);
    await writeFile(join(folder, 'server.yaml'), JSON.stringify(certificates));
    const toBrokers = await example('clusters[waybill]', folder);
    const toEventBus = await example('clusters[event-bus]', folder);
    envoy = await Envoy.start({
      brokers: [{ grpc: portOf(broker.grpc), tcp }],
      edit: ({ static_resources: { listeners, clusters } }: EnvoyConfig) => {
        Object.assign(named(listeners, 'grpc').filter_chains[0] ?? {}, listening);
        Object.assign(named(clusters, 'waybill'), toBrokers);
        const eventBus: Record<string, unknown> = { ...named(clusters, 'event-bus') };
        const [match] = toEventBus['transport_socket_matches'] as object[];
        const [checks] = eventBus['health_checks'] as object[];
        const [criteria] = toEventBus['health_checks'] as object[];
        eventBus['transport_socket_matches'] = [{ ...match, ...toBrokers }];
        eventBus['health_checks'] = [{ ...checks, ...criteria }];
        clusters.splice(
          clusters.indexOf(named(clusters, 'event-bus')),
          1,
          eventBus as unknown as (typeof clusters)[number],
        );
      },
    });
    await envoy.untilHealthy(1);
    client = connect({
      address: `localhost:${portOf(envoy.address)}`,
      ownConnection: true,
      credentials: CREDENTIALS,
      tls: { ca: Buffer.from(authority.cert) },
    });
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await broker?.dispose();
    await rm(folder, { recursive: true });
  });

  /** Whom Envoy says to be on a new connection. */
  async function presented(): Promise<string | undefined> {
    const socket = connectTls({
      host: '127.0.0.1',
      port: portOf(envoy.address),
      ca: authority.cert,
      servername: 'localhost',
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return Array.isArray(CN) ? CN[0] : CN;
  }

  it('passes calls on', async () => {
    expect(await client.publish({ subject: 'orders', body: 'tea' })).toMatchObject({ id: 1 });
  });

  it('refuses plain text', async () => {
    const plain = connect({ address: envoy.address, ownConnection: true, credentials: CREDENTIALS });
    await expect(plain.publish({ subject: 'orders', body: 'tea' }, { timeoutMs: 5000 })).rejects.toMatchObject({
      codeName: 'UNAVAILABLE',
    });
    plain.close();
  });

  it('knows the health of the event bus by the TLS of gRPC, and passes its TCP on as it is', async () => {
    while ((await envoy.stat('cluster.event-bus.membership_healthy')) !== 1);
    const bus = await RawBus.open(`127.0.0.1:${envoy.eventBusPort}`);
    const auth = { client_id: CREDENTIALS.clientId, client_secret: CREDENTIALS.clientSecret };
    const answer = await bus.ask(JSON.stringify({ operation: 'create_stream', auth, body: { stream_name: 'steve' } }));
    expect(JSON.parse(answer)).toMatchObject({ status: true });
    bus.end();
  });

  it('takes a renewed certificate, and the streams that are open go on', async () => {
    const reader = new SubscriptionReader(client, { subjects: ['renewed'] });
    await reader.untilKind('caughtUp');
    expect(await presented()).toBe('first');
    await install(folder, authority.issue({ commonName: 'second', dnsNames: ['localhost'] }));
    while ((await presented()) !== 'second');
    await client.publish({ subject: 'renewed', body: 'tea' });
    await reader.untilMessages(1);
    expect(reader.kinds).not.toContain('reconnecting');
    await reader.close();
  });
});
