import type { OutgoingHttpHeaders } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { badHeaders, badPairs, base64 } from '../../support/security/bad-credentials.js';
import { CertificateAuthority } from '../../support/security/certificate-authority.js';
import { GuardedServer, OWNER } from '../../support/security/guarded-server.js';
import { GUARDED, type GuardedMethod, guardedMethods } from '../../support/security/guarded-things.js';
import {
  clientWithout,
  NARROW_CLIENTS,
  NARROW_SECRET,
  narrowDefinitions,
} from '../../support/security/narrow-clients.js';
import { RawCaller } from '../../support/security/raw-caller.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const KNOWN = { id: 'known', secret: 'knowns-secret-0815', secretHash: cheapHashOf('knowns-secret-0815') };
const OTHER = { id: 'other', secret: 'others-secret-0816' };
const IMPERSONATED = { ...KNOWN, other: OTHER };

/** The client that may do everything with what is guarded, and nothing else. */
const ONE_THING = 'one-thing';

const clientCa = CertificateAuthority.root('authority of clients');

let guarded: GuardedServer;
let methods: readonly GuardedMethod[];
let contents: string;
let caller: RawCaller;

function clients(changes: { readonly goneSecret?: string } = {}): readonly object[] {
  return [
    { id: KNOWN.id, secretHash: KNOWN.secretHash, certificate: ['known.example.org'] },
    { id: OTHER.id, secret: OTHER.secret },
    { id: 'asterisk', certificate: ['*.example.net'] },
    {
      id: ONE_THING,
      secret: NARROW_SECRET,
      allow: [{ verbs: ['*'], subjects: [GUARDED], streams: [GUARDED] }],
    },
    ...narrowDefinitions(guardedMethods({ eventId: '' }).map(({ verbs }) => verbs)),
    ...(changes.goneSecret === undefined
      ? []
      : [{ id: 'gone', secret: changes.goneSecret, certificate: 'gone.example.org' }]),
  ];
}

/** Over a connection whose certificate is in order and nobody's. */
const nobodys = clientCa.issue({ commonName: 'nobody.example.org' });

function callerWith(names: { readonly commonName: string; readonly dnsNames?: readonly string[] }): RawCaller {
  return RawCaller.tls(guarded.grpc, { ca: guarded.serverCa, ...clientCa.issue(names) });
}

beforeAll(async () => {
  guarded = await GuardedServer.start({ clients: clients({ goneSecret: 'first-secret-0818' }), clientCa });
  methods = guardedMethods(guarded).filter(({ verbs }) => verbs.length > 0);
  contents = await guarded.contents();
  caller = RawCaller.tls(guarded.grpc, { ca: guarded.serverCa, ...nobodys });
});

afterAll(async () => {
  caller.close();
  await guarded.dispose();
});

const basic = (id: string, secret: string): OutgoingHttpHeaders => ({
  authorization: `Basic ${base64(`${id}:${secret}`)}`,
});

interface Outcome {
  readonly path: string;
  readonly codes: readonly (number | 'refused')[];
  readonly text: string;
}

/** The status of each of these, or those of its parts. */
function outcomes(
  asked: readonly GuardedMethod[],
  headersOf: (method: GuardedMethod) => OutgoingHttpHeaders,
  by = caller,
): Promise<readonly Outcome[]> {
  return Promise.all(
    asked.map(async (method) => {
      const { path, request, endless = false, failuresIn } = method;
      const { code, messages, text } = await by.call(path, request, { headers: headersOf(method), endless });
      const parts = code === status.OK && failuresIn !== undefined ? messages.flatMap(failuresIn) : [];
      return { path, codes: parts.length === 0 ? [code] : parts, text };
    }),
  );
}

const codesOf = (found: readonly Outcome[]): unknown[] => found.map(({ path, codes }) => [path, ...new Set(codes)]);
const all = (asked: readonly GuardedMethod[], code: status): unknown[] => asked.map(({ path }) => [path, code]);

/** Every method is refused because nobody knows the caller, and counted as such. */
async function expectUnauthenticated(headers: OutgoingHttpHeaders, by = caller): Promise<readonly Outcome[]> {
  const failures = (): Promise<number> => guarded.metric('waybill_authentication_failures_total', 'protocol="grpc"');
  const before = await failures();
  const found = await outcomes(methods, () => headers, by);
  expect(codesOf(found)).toEqual(all(methods, status.UNAUTHENTICATED));
  expectNothingTold(found);
  expect((await failures()) - before).toBe(methods.length);
  expect(await guarded.contents()).toBe(contents);
  return found;
}

/** Neither what is guarded, nor who else there is, nor any secret. */
function expectNothingTold(found: readonly Outcome[]): void {
  const secrets = [OWNER.clientSecret, KNOWN.secret, KNOWN.secretHash, OTHER.secret, NARROW_SECRET, 'x'.repeat(99)];
  for (const { text } of found) {
    expect(text).not.toMatch(/treasure|\bowner\b|\bknown\b|\bother\b|scrypt/);
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
}

describe('UNAUTHENTICATED is the answer of every method to', () => {
  test.each(badHeaders(IMPERSONATED))('%s', async (_title, headers) => {
    await expectUnauthenticated(headers);
  });

  test.each(badPairs(IMPERSONATED))('%s by Basic', async (_title, id, secret) => {
    await expectUnauthenticated(basic(id, secret));
  });

  test.each(badPairs(IMPERSONATED).filter(([, id, secret]) => /^[!-~]{1,999}$/.test(id + secret)))(
    '%s as a token',
    async (_title, id, secret) => {
      await expectUnauthenticated({ authorization: `Bearer ${id}:${secret}` });
    },
  );

  test.each([
    ['no name', { commonName: '' }],
    ['a name that nobody has', { commonName: 'nobody.example.org' }],
    ['the name of a client in capitals', { commonName: 'KNOWN.EXAMPLE.ORG' }],
    ['the name of a client and more', { commonName: 'known.example.org.evil.org' }],
    ['the name of a client and a zero byte', { commonName: 'known.example.org\0.evil.org' }],
    ['the name of a client after a comma', { commonName: 'x', dnsNames: ['x, DNS:known.example.org'] }],
    ['a wildcard for the name of a client', { commonName: '*.example.org', dnsNames: ['*.example.org'] }],
    ['a name that a client has an asterisk for', { commonName: 'one.example.net' }],
    ['the id of a client', { commonName: KNOWN.id }],
  ])('a certificate with %s', async (_title, names) => {
    const by = callerWith(names);
    await expectUnauthenticated({}, by);
    by.close();
  });

  test('a wrong header on a connection with the certificate of a client', async () => {
    const by = callerWith({ commonName: 'known.example.org' });
    await expectUnauthenticated(basic(KNOWN.id, 'x'), by);
    await expectUnauthenticated({ authorization: '' }, by);
    by.close();
  });

  test('a client that has another secret now, or is gone', async () => {
    const info = { path: 'waybill.v1.AdminService/GetServerInfo', request: Buffer.alloc(0) };
    const codeOf = async (secret: string): Promise<unknown> =>
      (await caller.call(info.path, info.request, { headers: basic('gone', secret) })).code;
    expect(await codeOf('first-secret-0818')).toBe(status.OK);
    // The connection stays; its certificate is nobody's any more.
    const certified = callerWith({ commonName: 'gone.example.org' });
    expect((await certified.call(info.path, info.request)).code).toBe(status.OK);
    guarded.replaceClients(clients({ goneSecret: 'second-secret-0819' }));
    await guarded.until(async () => (await codeOf('second-secret-0819')) === status.OK);
    await expectUnauthenticated(basic('gone', 'first-secret-0818'));
    guarded.replaceClients(clients());
    await guarded.until(async () => (await codeOf('second-secret-0819')) !== status.OK);
    await expectUnauthenticated(basic('gone', 'second-secret-0819'));
    await expectUnauthenticated({}, certified);
    certified.close();
  });
});

test('a client that exists and one that does not are refused with the same bytes', async () => {
  const texts = [];
  for (const [id, secret] of [
    ['nobody', 'x'],
    [KNOWN.id, 'x'],
    [OTHER.id, KNOWN.secret],
  ] as const) {
    texts.push((await expectUnauthenticated(basic(id, secret))).map(({ text }) => text));
  }
  expect(new Set(texts.flat().map((text) => text.replace(/"date":"[^"]*"/, ''))).size).toBe(1);
});

describe('PERMISSION_DENIED is the answer of every method to a client with', () => {
  async function expectDenied(
    asked: readonly GuardedMethod[],
    idFor: (method: GuardedMethod) => string,
  ): Promise<void> {
    const found = await outcomes(asked, (method) => basic(idFor(method), NARROW_SECRET));
    expect(codesOf(found)).toEqual(all(asked, status.PERMISSION_DENIED));
    expectNothingTold(found);
    const marked = found.find(({ path }) => path.endsWith('/MarkEvent'));
    expect(marked?.text ?? '').not.toContain(GUARDED);
    expect(await guarded.contents()).toBe(contents);
  }

  test.each(NARROW_CLIENTS)('$title', async ({ id, lacks }) => {
    const asked = methods.filter(({ about }) => lacks(about));
    expect(asked.length).toBeGreaterThan(10);
    await expectDenied(asked, () => id);
  });

  test('every right but the one that is needed', async () => {
    await expectDenied(methods, ({ verbs }) => clientWithout(verbs));
  });
});

describe('PERMISSION_DENIED is the answer to what goes beyond the rules, to', () => {
  const RESERVED = `$streams.${GUARDED}`;
  /** Who may do everything with the one subject and the one stream, and who with all subjects that are not reserved. */
  const [ONE, ALL] = [ONE_THING, 'rights-on-every-subject'];

  test.each([
    [ONE, 'BrokerService/Subscribe', { subjects: ['vault.*'] }],
    [ONE, 'BrokerService/Subscribe', { subjects: ['vault.>'] }],
    [ONE, 'BrokerService/Subscribe', { subjects: ['*.door'] }],
    [ONE, 'BrokerService/Subscribe', { subjects: ['>'] }],
    [ONE, 'BrokerService/Subscribe', { subjects: [GUARDED, 'vault.window'] }],
    [ONE, 'BrokerService/Fetch', { subject: 'vault.door.', id: 1 }],
    [ONE, 'BrokerService/Publish', { subject: 'vault.doors', body: Buffer.from('intruder') }],
    [ONE, 'AdminService/ListSubjects', {}],
    [ONE, 'AdminService/ListSubjects', { prefix: 'vault.' }],
    [ONE, 'AdminService/PurgeSubject', { subject: 'vault.>', execute: true }],
    [ONE, 'StreamService/ListStreams', {}],
    [ONE, 'StreamService/ListStreams', { prefix: 'vault' }],
    [ONE, 'StreamService/CreateStream', { streamName: 'vault.*' }],
    [ALL, 'BrokerService/Subscribe', { subjects: [RESERVED] }],
    [ALL, 'BrokerService/Subscribe', { subjects: ['$streams.>'] }],
    [ALL, 'BrokerService/Subscribe', { subjects: ['$>'] }],
    [ALL, 'BrokerService/Fetch', { subject: RESERVED, id: 1 }],
    [ALL, 'BrokerService/List', { subject: RESERVED }],
    [ALL, 'BrokerService/Publish', { subject: RESERVED, body: Buffer.from('intruder') }],
    [ALL, 'AdminService/GetSubject', { subject: RESERVED }],
    [ALL, 'AdminService/ListSubjects', { prefix: '$' }],
    [ALL, 'AdminService/PurgeSubject', { subject: RESERVED, execute: true }],
  ])('%s of %s %j', async (id, method, request) => {
    const bytes = new ProtoCodec(`waybill.v1.${method.split('/')[1]}Request`).encode(request);
    const headers = basic(id, NARROW_SECRET);
    const { code, text } = await caller.call(`waybill.v1.${method}`, bytes, { headers, endless: true });
    expect(code).toBe(status.PERMISSION_DENIED);
    expectNothingTold([{ path: method, codes: [code], text }]);
    expect(await guarded.contents()).toBe(contents);
  });

  test('nobody who may do everything, to whom reserved subjects are no subjects to publish to', async () => {
    const bytes = new ProtoCodec('waybill.v1.PublishRequest').encode({ subject: RESERVED, body: Buffer.from('x') });
    const headers = basic(KNOWN.id, KNOWN.secret);
    const { code } = await caller.call('waybill.v1.BrokerService/Publish', bytes, { headers });
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(await guarded.contents()).toBe(contents);
  });
});

test('every secret of all that is neither in the log nor in the metrics', async () => {
  const told = await guarded.told();
  const texts = [OWNER.clientSecret, KNOWN.secret, OTHER.secret, NARROW_SECRET, 'first-secret', 'second-secret'];
  for (const secret of [...texts, ...texts.map((text) => base64(text).slice(0, -4)), 'scrypt', 'treasure', 'nobody']) {
    expect(told).not.toContain(secret);
  }
});

/** Last, because it deletes what is guarded. */
test('every method lets in who may', async () => {
  const found = [];
  for (const method of methods) found.push(...(await outcomes([method], () => basic(KNOWN.id, KNOWN.secret))));
  expect(found.map(({ path, codes }) => [path, codes[0]])).toEqual(
    methods.map(({ path, allowed = status.OK }) => [path, allowed]),
  );
  expect(await guarded.contents()).not.toBe(contents);
});
