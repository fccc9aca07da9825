import { status } from '@grpc/grpc-js';
import { type SeenError, seenError, unary } from '../../support/grpc-client.js';
import { BEYOND_2_53, BROKER, encode, HardenedServer, MIB, UINT64_MAX } from '../../support/hardened-server.js';

const ADMIN = '/waybill.v1.AdminService';

let server: HardenedServer;

beforeAll(async () => {
  server = await HardenedServer.start();
});

afterEach(() => server.expectUnharmed());

afterAll(() => server.stop());

/** A subscription of `waybill.v1` to one subject that begins in this way. */
const subscribeFrom = (start: object): Buffer =>
  encode('waybill.v1.SubscribeRequest', { subjects: ['witness'], ...start });

describe('reading refuses', () => {
  it.each([
    ['an id that was never given', { subject: 'witness', id: 1_000_000 }],
    ['id 0', { subject: 'witness', id: 0 }],
    ['an id beyond 2^53 that would round to another', { subject: 'witness', id: BEYOND_2_53 }],
    ['the largest id', { subject: 'witness', id: UINT64_MAX }],
    ['a subject that was never used', { subject: 'never', id: 1 }],
  ])('%s', async (_what, request) => {
    const refusal = server.refusal(`${BROKER}/Fetch`, encode('waybill.v1.FetchRequest', request));
    expect(await refusal).toMatchObject({ code: status.NOT_FOUND, reason: 'MESSAGE_NOT_FOUND' });
  });

  it('a message that has expired', async () => {
    const { id } = await server.waybill.publish({ subject: 'short', body: 'lived', ttlMs: 1 });
    server.stored.set('short', id);
    const request = encode('waybill.v1.FetchRequest', { subject: 'short', id });
    // Real time of another process: asking is the only way to know that it has passed.
    const outcome = (): Promise<SeenError | Buffer> =>
      unary(server.client, `${BROKER}/Fetch`, request).catch(seenError);
    let seen = await outcome();
    while (Buffer.isBuffer(seen)) seen = await outcome();
    expect(seen).toMatchObject({ code: status.NOT_FOUND, reason: 'MESSAGE_EXPIRED' });
  });

  it.each([
    ['List', 'an empty subject', { subject: '' }, 'SUBJECT_INVALID'],
    ['List', 'a reserved subject', { subject: '$internal' }, 'SUBJECT_INVALID'],
    ['List', 'a page token that is none', { subject: 'witness', pageToken: 'no token' }, 'CURSOR_MALFORMED'],
    [
      'List',
      'a page token of 100,000 digits',
      { subject: 'witness', pageToken: '9'.repeat(100_000) },
      'CURSOR_MALFORMED',
    ],
    ['List', 'a negative page token', { subject: 'witness', pageToken: '-1' }, 'CURSOR_MALFORMED'],
    ['List', 'a page token beyond 2^53', { subject: 'witness', pageToken: BEYOND_2_53 }, 'CURSOR_MALFORMED'],
    ['List', 'an id beyond 2^53', { subject: 'witness', fromId: BEYOND_2_53 }, 'ID_OUT_OF_RANGE'],
    [
      'List',
      'a time that is none',
      { subject: 'witness', fromTime: { seconds: '9223372036854775807' } },
      'ARGUMENT_INVALID',
    ],
    ['List', 'a page of 1,001', { subject: 'witness', pageSize: 1001 }, 'ARGUMENT_INVALID'],
    ['Fetch', 'a subject of 257 bytes', { subject: 'x'.repeat(257), id: 1 }, 'SUBJECT_INVALID'],
  ])('%s: %s', async (method, _what, request, reason) => {
    const refusal = server.refusal(`${BROKER}/${method}`, encode(`waybill.v1.${method}Request`, request));
    const code = reason === 'ID_OUT_OF_RANGE' ? status.OUT_OF_RANGE : status.INVALID_ARGUMENT;
    expect(await refusal).toMatchObject({ code, reason });
  });

  it.each([
    ['ListSubjects', 'a page token that is none', { pageToken: 'no token' }, 'CURSOR_MALFORMED'],
    ['ListSubjects', 'a page token of a zero byte', { pageToken: '\u0000' }, 'CURSOR_MALFORMED'],
    ['ListSubjects', 'a page of 1,001', { pageSize: 1001 }, 'ARGUMENT_INVALID'],
    ['GetSubject', 'an empty subject', { subject: '' }, 'SUBJECT_INVALID'],
    ['PurgeSubject', 'an empty subject', { subject: '', execute: true }, 'SUBJECT_INVALID'],
    ['PurgeSubject', 'a subject of 257 bytes', { subject: 'x'.repeat(257), execute: true }, 'SUBJECT_INVALID'],
    [
      'PurgeSubject',
      'an id beyond 2^53',
      { subject: 'witness', beforeId: UINT64_MAX, execute: true },
      'ID_OUT_OF_RANGE',
    ],
    [
      'PurgeSubject',
      'a time that is none',
      { subject: 'witness', beforeTime: { nanos: -1 }, execute: true },
      'ARGUMENT_INVALID',
    ],
  ])('%s: %s', async (method, _what, request, reason) => {
    const before = await server.waybill.admin.getSubject('witness');
    const refusal = server.refusal(`${ADMIN}/${method}`, encode(`waybill.v1.${method}Request`, request));
    const code = reason === 'ID_OUT_OF_RANGE' ? status.OUT_OF_RANGE : status.INVALID_ARGUMENT;
    expect(await refusal).toMatchObject({ code, reason });
    expect(await server.waybill.admin.getSubject('witness')).toEqual(before);
  });
});

describe('Subscribe refuses', () => {
  it.each([
    ['no subject', { subjects: [] }, 'SUBJECT_INVALID'],
    ['an empty subject', { subjects: ['witness', ''] }, 'SUBJECT_INVALID'],
    ['a subject of 257 bytes', { subjects: ['x'.repeat(257)] }, 'SUBJECT_INVALID'],
    ['a reserved subject', { subjects: ['$internal'] }, 'SUBJECT_INVALID'],
    ['> before the end', { subjects: ['orders.>.eu'] }, 'SUBJECT_INVALID'],
    ['65 subjects', { subjects: Array.from({ length: 65 }, (_, index) => `s${index}`) }, 'ARGUMENT_INVALID'],
    ['an id for a pattern', { subjects: ['orders.*'], afterId: 1 }, 'ARGUMENT_INVALID'],
    ['an id for two subjects', { subjects: ['a', 'b'], afterId: 1 }, 'ARGUMENT_INVALID'],
    ['batches of 4,097 messages', { maxBatchMessages: 4097 }, 'ARGUMENT_INVALID'],
    ['heartbeats below a second', { heartbeatInterval: { nanos: 1_000_000 } }, 'ARGUMENT_INVALID'],
    ['heartbeats above 5 minutes', { heartbeatInterval: { seconds: 301 } }, 'ARGUMENT_INVALID'],
    ['a time that is none', { time: { nanos: 1_000_000_000 } }, 'ARGUMENT_INVALID'],
    ['a start that is not known', { position: 99 }, 'ARGUMENT_INVALID'],
    ['an id beyond 2^53', { afterId: BEYOND_2_53 }, 'ID_OUT_OF_RANGE'],
    ['an empty cursor', { cursor: '' }, 'CURSOR_MALFORMED'],
    ['a cursor that is none', { cursor: 'not a cursor' }, 'CURSOR_MALFORMED'],
    ['a cursor of nothing but zeros', { cursor: 'A'.repeat(4000) }, 'CURSOR_MALFORMED'],
    ['a cursor of 2 MiB', { cursor: 'A'.repeat(2 * MIB) }, 'CURSOR_MALFORMED'],
  ])('%s', async (_what, request, reason) => {
    const code = reason === 'ID_OUT_OF_RANGE' ? status.OUT_OF_RANGE : status.INVALID_ARGUMENT;
    expect(await server.subscribeRefusal(subscribeFrom(request))).toMatchObject({ code, reason });
  });

  it('every damage to a cursor, and the cursor of another subject', async () => {
    const { cursor } = await server.publishAsWitness();
    const damaged = cursor.split('').map((character, at) => {
      const other = character === 'A' ? 'B' : 'A';
      return at === cursor.length - 1 ? cursor.slice(0, at) : cursor.slice(0, at) + other + cursor.slice(at + 1);
    });
    const reasons = await Promise.all(
      [...damaged, `${cursor}A`, `${cursor}=`].map(
        async (text) => (await server.subscribeRefusal(subscribeFrom({ cursor: text }))).reason,
      ),
    );
    expect(new Set(reasons)).toEqual(new Set(['CURSOR_MALFORMED']));
    const elsewhere = encode('waybill.v1.SubscribeRequest', { subjects: ['elsewhere'], cursor });
    expect(await server.subscribeRefusal(elsewhere)).toMatchObject({ reason: 'CURSOR_MALFORMED' });
  });
});
