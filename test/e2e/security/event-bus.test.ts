import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import {
  correctBody,
  failure,
  INVALID_JSON,
  NOT_JSON,
  OPERATIONS_WITH_BODY,
  type OperationWithBody,
  UNAUTHORIZED,
} from '../../support/event-bus/bus-requests.js';
import { badConnections, OWNER_NAME } from '../../support/security/bad-connections.js';
import { badPairs } from '../../support/security/bad-credentials.js';
import { CertificateAuthority } from '../../support/security/certificate-authority.js';
import { GuardedServer, OWNER } from '../../support/security/guarded-server.js';
import { GUARDED } from '../../support/security/guarded-things.js';
import {
  clientWithout,
  NARROW_CLIENTS,
  NARROW_SECRET,
  narrowDefinitions,
} from '../../support/security/narrow-clients.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const KNOWN = { id: 'known', secret: 'knowns-secret-0815', secretHash: cheapHashOf('knowns-secret-0815') };
const OTHER = { id: 'other', secret: 'others-secret-0816' };

const clientCa = CertificateAuthority.root('authority of clients');
const publicCa = CertificateAuthority.root('public authority');
const good = clientCa.issue({ commonName: OWNER_NAME, uses: ['clientAuth'] });

let guarded: GuardedServer;
let contents: string;

function clients(goneSecret?: string): readonly object[] {
  return [
    { id: KNOWN.id, secretHash: KNOWN.secretHash },
    { id: OTHER.id, secret: OTHER.secret },
    ...narrowDefinitions(OPERATIONS_WITH_BODY.map((operation) => [operation])),
    ...(goneSecret === undefined ? [] : [{ id: 'gone', secret: goneSecret }]),
  ];
}

beforeAll(async () => {
  guarded = await GuardedServer.start({
    clients: clients('first-secret-0818'),
    clientCa,
    ownerCertificate: OWNER_NAME,
    publicAuthorities: publicCa.cert,
  });
  contents = await guarded.contents();
});

afterAll(() => guarded.dispose());

function open(options: ConnectionOptions = good): Duplex {
  const [host = '', port] = guarded.tcp.split(':');
  return connectTls({ host, port: Number(port), servername: 'localhost', ca: guarded.serverCa, ...options });
}

/** What the server answers until the connection is over, however it ends. */
async function answersOn(socket: Duplex, lines: readonly string[]): Promise<readonly string[]> {
  let answered = '';
  socket.on('data', (chunk: Buffer) => (answered += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.end(`${lines.join('\n')}\n`);
  await new Promise((resolve) => socket.on('close', resolve));
  return answered.split('\n').slice(0, -1);
}

/** Every operation that needs credentials, on what is guarded. */
function requests(authOf: (operation: OperationWithBody) => unknown): readonly string[] {
  return OPERATIONS_WITH_BODY.map((operation) => {
    const body = correctBody(operation, operation === 'mark_event' ? guarded.eventId : GUARDED);
    return JSON.stringify({ operation, auth: authOf(operation), body });
  });
}

const auth = (id: string, secret: string) => ({ client_id: id, client_secret: secret });

async function expectUntouched(): Promise<void> {
  expect(await guarded.contents()).toBe(contents);
}

describe('no operation is answered to', () => {
  async function expectSilence(socket: Duplex): Promise<void> {
    const lines = [...requests(() => auth(OWNER.clientId, OWNER.clientSecret)), '{"operation":"health"}'];
    expect((await answersOn(socket, lines)).join()).not.toMatch(/[{"]|operation|treasure/);
    await expectUntouched();
  }

  test.each(badConnections({ clientCa, publicCa }))('%s', async (_title, options) => {
    await expectSilence(open(options));
  });

  test('plain text', async () => {
    const [host = '', port] = guarded.tcp.split(':');
    await expectSilence(connect({ host, port: Number(port), allowHalfOpen: true }));
  });
});

describe('every operation is unauthorized for', () => {
  /** Each is refused in the same words, and counted. */
  async function expectUnauthorized(value: unknown): Promise<void> {
    const failures = (): Promise<number> => guarded.metric('waybill_authentication_failures_total', 'protocol="tcp"');
    const before = await failures();
    const answers = await answersOn(
      open(),
      requests(() => value),
    );
    expect(answers).toEqual(OPERATIONS_WITH_BODY.map((operation) => failure(operation, UNAUTHORIZED)));
    expect((await failures()) - before).toBe(OPERATIONS_WITH_BODY.length);
    await expectUntouched();
  }

  test.each(badPairs({ ...KNOWN, other: OTHER }))('%s', async (_title, id, secret) => {
    await expectUnauthorized(auth(id, secret));
  });

  test.each<[string, unknown]>([
    ['nothing, whatever certificate comes with it', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an id alone', { client_id: KNOWN.id }],
    ['a secret alone', { client_secret: KNOWN.secret }],
    ['null for id and secret', { client_id: null, client_secret: null }],
    ['other names of the members', { id: KNOWN.id, secret: KNOWN.secret }],
    ['credentials one level deeper', { auth: auth(KNOWN.id, KNOWN.secret) }],
  ])('%s', async (_title, value) => {
    await expectUnauthorized(value);
  });

  test('a client that has another secret now, or is gone', async () => {
    const isKnown = async (secret: string): Promise<boolean> => {
      const [line = ''] = requests(() => auth('gone', secret)).filter((line) => line.includes('"get_stream_info"'));
      return !(await answersOn(open(), [line])).join().includes(UNAUTHORIZED);
    };
    expect(await isKnown('first-secret-0818')).toBe(true);
    guarded.replaceClients(clients('second-secret-0819'), OWNER_NAME);
    await guarded.until(() => isKnown('second-secret-0819'));
    await expectUnauthorized(auth('gone', 'first-secret-0818'));
    guarded.replaceClients(clients(), OWNER_NAME);
    await guarded.until(async () => !(await isKnown('second-secret-0819')));
    await expectUnauthorized(auth('gone', 'second-secret-0819'));
  });
});

describe('no operation is read whose credentials are', () => {
  test.each<[string, unknown]>([
    ['a text', `${KNOWN.id}:${KNOWN.secret}`],
    ['a list', [KNOWN.id, KNOWN.secret]],
    ['true', true],
    ['numbers', { client_id: 1, client_secret: 2 }],
    ['lists', { client_id: [KNOWN.id], client_secret: [KNOWN.secret] }],
    ['conditions', { client_id: { $ne: '' }, client_secret: { $ne: '' } }],
  ])('%s', async (_title, value) => {
    const answers = await answersOn(
      open(),
      requests(() => value),
    );
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toContain(INVALID_JSON);
    expect(answers[0]).toBe(NOT_JSON);
    await expectUntouched();
  });
});

describe('every operation is denied to a client with', () => {
  async function expectDenied(idFor: (operation: OperationWithBody) => string): Promise<void> {
    const answers = await answersOn(
      open(),
      requests((operation) => auth(idFor(operation), NARROW_SECRET)),
    );
    expect(answers).toEqual(
      OPERATIONS_WITH_BODY.map((operation) =>
        expect.stringMatching(
          `^\\{"operation":"${operation}","status":false,"reason":"client \\\\"${idFor(operation)}\\\\" is not allowed to `,
        ),
      ),
    );
    expect(answers.join()).not.toContain('treasure');
    expect(answers.at(-1)).not.toContain(GUARDED);
    await expectUntouched();
  }

  test.each(NARROW_CLIENTS.filter(({ lacks }) => lacks('stream')))('$title', async ({ id }) => {
    await expectDenied(() => id);
  });

  test('every right but the one that is needed', async () => {
    await expectDenied((operation) => clientWithout([operation]));
  });
});

test('no secret of all that is in the log or the metrics', async () => {
  const told = await guarded.told();
  for (const secret of [
    OWNER.clientSecret,
    KNOWN.secret,
    OTHER.secret,
    NARROW_SECRET,
    'secret-081',
    'scrypt',
    'treasure',
  ]) {
    expect(told).not.toContain(secret);
  }
});

/** Last, because it deletes what is guarded. */
test('every operation is done for who may', async () => {
  const done = requests(() => auth(KNOWN.id, KNOWN.secret)).filter((line) => !line.includes('"delete_stream"'));
  const answers = await answersOn(open(), done);
  expect(answers.filter((answer) => answer.includes('"status":true'))).toHaveLength(OPERATIONS_WITH_BODY.length - 2);
  expect(answers[0]).toContain('already exists');
  expect(await guarded.contents()).not.toBe(contents);
});
