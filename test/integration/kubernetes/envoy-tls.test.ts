import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { connect as connectClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { MountedSecret } from '../../support/kubernetes/mounted-secret.js';
import { printedManifests, workload } from '../../support/kubernetes/manifests.js';
import { type EnvoyConfig } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { CertificateAuthority, type Identity } from '../../support/security/certificate-authority.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { freePort } from '../../support/services/free-port.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { toolsMissing } from '../../support/tools.js';

const COMPONENT = 'k8s/components/tls';
const CERTIFICATE_MOUNT = '/etc/envoy-certificate';
const CERTIFICATE_FILE = '/etc/envoy/server-certificate.yaml';

const secretOf = ({ cert, key }: Identity): Readonly<Record<string, string>> => ({ 'tls.crt': cert, 'tls.key': key });

requireBackend('kubernetes', toolsMissing('kubectl', 'envoy'))('Envoy with the component tls', () => {
  const authority = CertificateAuthority.root('test');
  const issue = (commonName: string): Identity => authority.issue({ commonName, dnsNames: ['localhost'] });
  let secret: MountedSecret;
  let broker: ServedBroker;
  let envoy: Envoy;

  beforeAll(async () => {
    secret = new MountedSecret(secretOf(issue('first')));
    const file = join(secret.path, 'server-certificate.yaml');
    const resource = readFileSync(join(__dirname, '../../..', COMPONENT, 'server-certificate.yaml'), 'utf8');
    writeFileSync(file, resource.replaceAll(CERTIFICATE_MOUNT, secret.path));
    const tcp = await freePort();
    const process = ServerProcess.spawn({
      flags: ['--storage', 'memory', '--tcp-address', `127.0.0.1:${tcp}`],
      environment: { WAYBILL_CLIENTS: 'shop:secret' },
    });
    broker = await ServedBroker.of(process);
    envoy = await Envoy.start({
      brokers: [{ grpc: portOf(broker.grpc), tcp }],
      file: `${COMPONENT}/envoy.yaml`,
      edit: (config) => moveCertificate(config, file),
    });
    await envoy.untilHealthy(1);
    while ((await envoy.stat('cluster.event-bus.membership_healthy')) !== 1);
  });
  afterAll(async () => {
    await envoy?.stop();
    await broker?.dispose();
    secret?.remove();
  });

  async function handshake(port: number): Promise<TLSSocket> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: authority.cert,
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  async function commonName(port: number): Promise<string> {
    const socket = await handshake(port);
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  }

  test('mounts the Secret where the configuration says', async () => {
    const { spec } = workload(await printedManifests('--tls', 'embedded'), 'envoy').spec.template;
    const mounts = spec.containers[0]?.volumeMounts ?? [];
    const secretVolume = spec.volumes?.find(({ secret: mounted }) => mounted?.secretName === 'waybill-tls');
    expect(mounts).toContainEqual({ name: secretVolume?.name, mountPath: CERTIFICATE_MOUNT, readOnly: true });
  });

  test('speaks TLS to clients of gRPC and of the event bus', async () => {
    const socket = await handshake(portOf(envoy.address));
    expect([socket.alpnProtocol, socket.authorized]).toEqual(['h2', true]);
    socket.destroy();
    expect(await commonName(envoy.eventBusPort)).toBe('first');
    await expect(fetch(`http://${envoy.address}/`)).rejects.toThrow('fetch failed');
  });

  test('takes a renewed certificate without ending a stream', async () => {
    const client = connectClient({
      address: envoy.address,
      ownConnection: true,
      tls: { ca: Buffer.from(authority.cert), serverName: 'localhost' },
    });
    try {
      const subscription = new SubscriptionReader(client, { subjects: ['renewed'] });
      await subscription.untilKind('caughtUp');
      secret.replace(secretOf(issue('second')));
      while ((await commonName(portOf(envoy.address))) !== 'second');
      while ((await commonName(envoy.eventBusPort)) !== 'second');
      await client.publish({ subject: 'renewed', body: Buffer.from('still open') });
      await subscription.untilMessages(1);
      expect(await envoy.stat('http.grpc.downstream_cx_destroy_with_active_rq')).toBe(0);
    } finally {
      client.close();
    }
  });
});

function moveCertificate({ static_resources }: EnvoyConfig, file: string): void {
  for (const { filter_chains } of static_resources.listeners) {
    for (const chain of filter_chains) {
      if (chain.transport_socket === undefined) continue;
      const text = JSON.stringify(chain.transport_socket).replaceAll(CERTIFICATE_FILE, file);
      chain.transport_socket = JSON.parse(text) as object;
    }
  }
}
