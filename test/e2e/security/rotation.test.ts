import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { connect as connectClient, EventBusClient } from '../../../src/client/index.js';
import { CertificateAuthority, type Identity } from '../../support/security/certificate-authority.js';
import { GuardedServer, OWNER } from '../../support/security/guarded-server.js';
import { TlsLoad } from '../../support/security/tls-load.js';

const OWNER_NAME = 'owner.example.org';
const ROTATIONS = 2;

const oldCa = CertificateAuthority.root('authority of clients');
const newCa = CertificateAuthority.root('new authority of clients');
const oldIdentity = oldCa.issue({ commonName: OWNER_NAME, uses: ['clientAuth'] });
const newIdentity = newCa.issue({ commonName: OWNER_NAME, uses: ['clientAuth'] });

let guarded: GuardedServer;
let load: TlsLoad;

beforeEach(async () => {
  guarded = await GuardedServer.start({ clients: [], clientCa: oldCa, ownerCertificate: OWNER_NAME });
  load = await TlsLoad.start(guarded, oldIdentity);
});

afterEach(() => guarded.dispose());

/** Serial numbers of the certificates that new connections see, of gRPC and of the event bus. */
function presented(): Promise<readonly string[]> {
  return Promise.all(
    [guarded.grpc, guarded.tcp].map(async (address) => {
      const [host = '', port] = address.split(':');
      const socket = connect({
        ...{ host, port: Number(port), servername: 'localhost', ca: guarded.serverCa, ALPNProtocols: ['h2'] },
        ...load.identity,
      });
      await once(socket, 'secureConnect');
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    }),
  );
}

function serialsOf({ cert }: Identity): readonly string[] {
  const { serialNumber } = new X509Certificate(cert);
  return [serialNumber, serialNumber];
}

function warnings(): number {
  return guarded.server.process.stdout.split('TLS files cannot be used').length - 1;
}

/** Which of the two protocols let a new connection with this certificate in. */
async function letsIn(identity: Identity): Promise<readonly boolean[]> {
  const tls = guarded.tlsAs(identity);
  const client = connectClient({ address: guarded.grpc, credentials: OWNER, ownConnection: true, tls });
  const succeeds = (call: Promise<unknown>): Promise<boolean> =>
    call.then(
      () => true,
      () => false,
    );
  const bus = EventBusClient.connect({ address: guarded.tcp, credentials: OWNER, tls });
  const found = await Promise.all([
    succeeds(client.health()),
    succeeds(bus.then((connected) => connected.health().then(() => connected.exit()))),
  ]);
  client.close();
  return found;
}

const BOTH = [true, true];
const NEITHER = [false, false];

test('the certificate of the server is replaced again and again, and no call notices', async () => {
  let last = await presented();
  for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
    const next = guarded.newServerIdentity();
    const warned = warnings();
    guarded.replaceServerFile('cert', next);
    // One warning of each listener: the new certificate does not go with the old key.
    await guarded.until(async () => {
      expect(await presented()).toEqual(last);
      return warnings() >= warned + 2;
    });
    await load.progress(3);
    expect(await presented()).toEqual(last);
    guarded.replaceServerFile('key', next);
    await guarded.until(async () => !(await presented()).some((serial) => last.includes(serial)));
    last = serialsOf(next);
    expect(await presented()).toEqual(last);
    await load.progress(3);
  }
  await load.finish();
}, 60_000);

test('the authority of clients is replaced by way of both, and no call of who follows notices', async () => {
  guarded.replaceClientCa(oldCa.cert + newCa.cert);
  await guarded.until(async () => isDeepStrictEqual(await letsIn(newIdentity), BOTH));
  await load.progress(3);
  load.identity = newIdentity;
  await load.progress(3);
  guarded.replaceClientCa(newCa.cert);
  await guarded.until(async () => isDeepStrictEqual(await letsIn(oldIdentity), NEITHER));
  // Those that stand since the time of the old one go on.
  await load.progress(3);
  expect(await letsIn(newIdentity)).toEqual(BOTH);
  await load.finish();
}, 60_000);
