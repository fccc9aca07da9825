import { once } from 'node:events';
import { connect, type ConnectionOptions } from 'node:tls';
import { badConnections, OWNER_NAME } from '../../support/security/bad-connections.js';
import { CertificateAuthority, type Identity } from '../../support/security/certificate-authority.js';
import { GuardedServer, OWNER } from '../../support/security/guarded-server.js';
import { type GuardedMethod, guardedMethods } from '../../support/security/guarded-things.js';
import { RawCaller } from '../../support/security/raw-caller.js';

const clientCa = CertificateAuthority.root('authority of clients');
const publicCa = CertificateAuthority.root('public authority');
const good = clientCa.issue({ commonName: OWNER_NAME, uses: ['clientAuth'] });
/** Right, and of no use on a connection that must not be. */
const headers = {
  authorization: `Basic ${Buffer.from(`${OWNER.clientId}:${OWNER.clientSecret}`).toString('base64')}`,
};

let guarded: GuardedServer;
let methods: readonly GuardedMethod[];
let contents: string;

beforeAll(async () => {
  guarded = await GuardedServer.start({
    clients: [],
    clientCa,
    ownerCertificate: OWNER_NAME,
    publicAuthorities: publicCa.cert,
  });
  methods = guardedMethods(guarded);
  contents = await guarded.contents();
});

afterAll(() => guarded.dispose());

const tls = (options: ConnectionOptions) => (): RawCaller =>
  RawCaller.tls(guarded.grpc, { ca: guarded.serverCa, ...options });

/** Every method is refused, and the server tells nothing. */
async function expectRefused(caller: RawCaller): Promise<void> {
  const outcomes = await Promise.all(
    methods.map(async ({ path, request, endless = false }) => {
      const { code, text } = await caller.call(path, request, { headers, endless });
      return { path, code, text };
    }),
  );
  caller.close();
  expect(outcomes.map(({ path, code }) => [path, code])).toEqual(methods.map(({ path }) => [path, 'refused']));
  for (const { text } of outcomes) expect(text).not.toMatch(/treasure|vault|grpc/);
  expect(await guarded.contents()).toBe(contents);
}

/** The status of a call on a new connection. */
async function answerTo(options: ConnectionOptions): Promise<number | 'refused'> {
  const caller = tls(options)();
  const { code } = await caller.call('waybill.v1.AdminService/GetServerInfo', Buffer.alloc(0), { headers });
  caller.close();
  return code;
}

/** What a client with this certificate may show later in its place, as long as the server remembers its keys. */
async function sessionOf(identity: Identity, maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<Buffer> {
  const [host = '', port] = guarded.grpc.split(':');
  const socket = connect({
    ...{ host, port: Number(port), servername: 'localhost', ALPNProtocols: ['h2'], ca: guarded.serverCa },
    ...{ ...identity, maxVersion },
  });
  const [session] = (await once(socket.resume(), 'session')) as [Buffer];
  socket.destroy();
  return session;
}

test('a connection in order gets at every method that there is', async () => {
  const caller = tls(good)();
  const reflection = methods.find(({ path }) => path.startsWith('grpc.reflection.v1.'));
  const { text } = await caller.call(reflection?.path ?? '', reflection?.request ?? Buffer.alloc(0), { headers });
  caller.close();
  const listed = Array.from(text.matchAll(/(?:waybill|broker|grpc)\.[\w.]*[A-Z]\w+/g), ([name]) => name);
  expect(new Set(methods.map(({ path }) => path.split('/')[0]))).toEqual(new Set(listed));
  expect(methods).toHaveLength(29);
});

test.each(badConnections({ clientCa, publicCa }))('%s gets at no method', async (_title, options) => {
  await expectRefused(tls(options)());
});

test.each<[string, () => RawCaller]>([
  ['plain text', () => RawCaller.plain(guarded.grpc)],
  ['TLS without a protocol name', tls({ ...good, ALPNProtocols: [] })],
  ['TLS for another protocol', tls({ ...good, ALPNProtocols: ['http/1.1'] })],
])('%s gets at no method', async (_title, open) => {
  await expectRefused(open());
});

/** Last, because it changes the server. */
test('a certificate of an authority that was replaced gets at no method, nor does a session of its time', async () => {
  const sessions = [
    { maxVersion: 'TLSv1.2', session: await sessionOf(good, 'TLSv1.2') },
    { maxVersion: 'TLSv1.3', session: await sessionOf(good, 'TLSv1.3') },
  ] as const;
  for (const session of sessions) expect(await answerTo(session)).toBe(0);
  const newCa = CertificateAuthority.root('authority of clients');
  const renewed = newCa.issue({ commonName: OWNER_NAME, uses: ['clientAuth'] });
  expect(await answerTo(renewed)).toBe('refused');
  guarded.replaceClientCa(newCa.cert);
  await guarded.until(async () => (await answerTo(renewed)) === 0);
  await expectRefused(tls(good)());
  for (const session of sessions) await expectRefused(tls(session)());
});

test('nothing of it is in the log or the metrics but what operators may know', async () => {
  const told = await guarded.told();
  for (const secret of [OWNER.clientSecret, headers.authorization.slice(6), 'treasure', 'intruder', 'BEGIN']) {
    expect(told).not.toContain(secret);
  }
});
