import {
  CREDENTIALS,
  correctBody,
  eventNotFound,
  failure,
  INVALID_JSON,
  MISSING_FIELDS,
  missingFields,
  NOT_JSON,
  OPERATIONS_WITH_BODY,
  rawRequest,
  request,
  STATUS_REASON,
  streamExists,
  streamNotFound,
  success,
  UNAUTHORIZED,
  UNKNOWN_OPERATION,
} from '../../../support/event-bus/bus-requests.js';
import type { SuiteServer } from './suite-server.js';

const OF_A_STREAM = OPERATIONS_WITH_BODY.filter((operation) => operation !== 'mark_event');
const OF_A_STREAM_THAT_EXISTS = OF_A_STREAM.filter((operation) => operation !== 'create_stream');
const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** JSON values that are neither text nor null. */
const NO_TEXT = ['5', '0', '-1.5', 'true', 'false', '[]', '["x"]', '{}', '{"client_id":"x"}'];

export function describeFailures(suite: SuiteServer): void {
  /** The answer to one line, on a connection that then still answers. */
  async function answerTo(line: string): Promise<string> {
    const bus = await suite.open();
    const answer = await bus.ask(line);
    expect(await bus.ask(request('health'))).toBe(success('health'));
    return answer;
  }

  it.each([
    'nonsense',
    '{',
    '}',
    '{}}',
    '"',
    '{"operation":"health"',
    '{"operation":"health",}',
    "{'operation':'health'}",
    '{operation:"health"}',
    '{"operation":"health"} {"operation":"health"}',
    '{"operation":"health"}x',
    '{"operation":"health","body":01}',
    '{"operation":"health","body":+1}',
    '{"operation":"health","body":.5}',
    '{"operation":"health","body":1.}',
    '{"operation":"health","body":NaN}',
    '{"operation":"health","body":undefined}',
    '{"operation":"health","body":"\\x41"}',
    '{"operation":"health","body":"\\u12"}',
    '{"operation":"health","body":"\\u12zz"}',
    '{"operation":"health","body":"\\u+123 "}',
    '{"operation":"health","body":"\\U0041"}',
    '{"operation":"health","body":"\\"}',
    '{"operation":"health","body":-}',
    '{"operation":"health","body":1e}',
    '{"operation":"health","body":-01}',
    '{"operation":"health","body":tru}',
    '{"operation":"health","body":nullx}',
    '{"operation":"health","body":[1,]}',
    '{"operation":"health","body":[1 2]}',
    '{"operation":"health","body":[}',
    '{"operation":"health","body":{]}',
    '{"operation":"health","body":{"a"}}',
    '{"operation":"health","body":{"a":}}',
    '{"operation":"health","body":{a:1}}',
    '{"operation":"health","body":{,}}',
    '{"operation":"health","body":"\t"}',
    '{"operation":"health"/* comment */}',
    '{"operation":"health",,"body":1}',
    '{"operation":"health" "body":1}',
    '{"operation" "health"}',
    '[{"operation":"health"}',
  ])('tells that %s is not JSON', async (line) => {
    expect(await answerTo(line)).toBe(NOT_JSON);
  });

  it.each(['[]', '[{"operation":"health"}]', '"health"', '""', '5', '0', '-1e3', 'true', 'false'])(
    'refuses %s, which is no object',
    async (line) => {
      expect(await answerTo(line)).toBe(NOT_JSON);
    },
  );

  it.each(NO_TEXT)('refuses %s as the operation', async (value) => {
    expect(await answerTo(`{"operation":${value}}`)).toBe(NOT_JSON);
  });

  it.each(['5', 'true', 'false', '[]', '"x"', '""', '1.5'])('refuses %s as auth', async (value) => {
    expect(await answerTo(`{"operation":"health","auth":${value}}`)).toBe(NOT_JSON);
    expect(await answerTo(`{"operation":"get_stream_info","auth":${value},"body":{"stream_name":"x"}}`)).toBe(NOT_JSON);
  });

  it.each(NO_TEXT)('refuses %s as a credential', async (value) => {
    expect(await answerTo(`{"operation":"health","auth":{"client_id":${value}}}`)).toBe(NOT_JSON);
    expect(
      await answerTo(
        `{"operation":"get_stream_info","auth":{"client_id":"${CREDENTIALS.client_id}","client_secret":${value}},"body":{}}`,
      ),
    ).toBe(NOT_JSON);
  });

  it.each([
    'null',
    '{}',
    '{"operation":null}',
    '{"operation":""}',
    '{"operation":"nope"}',
    '{"operation":"HEALTH"}',
    '{"operation":" health"}',
    '{"operation":"health\\u0000"}',
    '{"operation":"decode_request"}',
    '{"operation":"__proto__"}',
    '{"operation":"constructor"}',
    '{"operation":"toString"}',
    '{"operation":"hasOwnProperty"}',
    '{"body":{"operation":"health"}}',
    `{"operation":"list_streams","auth":${JSON.stringify(CREDENTIALS)},"body":{}}`,
  ])('names the operations in the answer to %s', async (line) => {
    expect(await answerTo(line)).toBe(UNKNOWN_OPERATION);
  });

  it.each(OPERATIONS_WITH_BODY)('refuses %s without credentials or with wrong ones', async (operation) => {
    const { client_id: id, client_secret: secret } = CREDENTIALS;
    const body = JSON.stringify(correctBody(operation, suite.newName()));
    const wrong = [
      {},
      null,
      { client_id: id },
      { client_secret: secret },
      { client_id: id, client_secret: null },
      { client_id: id, client_secret: '' },
      { client_id: '', client_secret: '' },
      { client_id: id, client_secret: secret.slice(0, -1) },
      { client_id: id, client_secret: `${secret} ` },
      { client_id: id, client_secret: secret.toUpperCase() },
      { client_id: secret, client_secret: id },
      { client_id: `${id}2`, client_secret: secret },
      { client_id: '__proto__', client_secret: secret },
      { client_id: id, client_secret: 'ß'.repeat(10_000) },
    ];
    const bus = await suite.open();
    expect(await bus.ask(`{"operation":"${operation}","body":${body}}`)).toBe(failure(operation, UNAUTHORIZED));
    for (const auth of wrong) {
      const answer = await bus.ask(`{"operation":"${operation}","auth":${JSON.stringify(auth)},"body":${body}}`);
      expect({ auth, answer }).toEqual({ auth, answer: failure(operation, UNAUTHORIZED) });
    }
  });

  it('asks every request of a connection for its credentials', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const body = JSON.stringify({ stream_name: name });
    expect(await bus.ask(`{"operation":"delete_stream","body":${body}}`)).toBe(failure('delete_stream', UNAUTHORIZED));
    expect(await bus.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
  });

  it.each(OPERATIONS_WITH_BODY)('names the fields of %s when there is no body', async (operation) => {
    expect(await answerTo(request(operation))).toBe(missingFields(operation));
  });

  it('names the fields in exactly these bytes', async () => {
    expect(await answerTo(request('mark_event'))).toBe(
      '{"operation":"mark_event","status":false,"context":{"body":[{"name":"event_id","type":"string","required":true},' +
        '{"name":"status","type":"uint8","required":true}]},"reason":"missing required fields"}',
    );
    expect(await answerTo(request('write_event'))).toBe(
      '{"operation":"write_event","status":false,"context":{"body":[{"name":"stream_name","type":"string","required":true},' +
        '{"name":"event","type":"[]byte","required":true}]},"reason":"missing required fields"}',
    );
  });

  it.each(OPERATIONS_WITH_BODY)('refuses a body of %s that is no object', async (operation) => {
    for (const body of ['5', '"x"', 'true', 'false', '[]', '[{}]', '1e400']) {
      expect({ body, answer: await answerTo(rawRequest(operation, body)) }).toEqual({
        body,
        answer: failure(operation, INVALID_JSON),
      });
    }
  });

  it.each(OF_A_STREAM)('refuses a stream name of %s that is no text', async (operation) => {
    for (const value of NO_TEXT) {
      const answer = await answerTo(rawRequest(operation, `{"stream_name":${value},"event":1}`));
      expect({ value, answer }).toEqual({ value, answer: failure(operation, INVALID_JSON) });
    }
  });

  it('refuses an event id that is no text', async () => {
    for (const value of NO_TEXT) {
      const answer = await answerTo(rawRequest('mark_event', `{"event_id":${value},"status":1}`));
      expect({ value, answer }).toEqual({ value, answer: failure('mark_event', INVALID_JSON) });
    }
  });

  it('refuses a stream that exists', async () => {
    const { name } = await suite.create(await suite.open());
    expect(await answerTo(request('create_stream', { stream_name: name }))).toBe(streamExists(name));
  });

  it.each(OF_A_STREAM_THAT_EXISTS)('%s does not find a stream that does not exist', async (operation) => {
    const name = suite.newName();
    expect(await answerTo(request(operation, correctBody(operation, name)))).toBe(streamNotFound(operation, name));
  });

  it.each([NO_UUID, 'x', '*', '__proto__', `it's "<&>" \\ ü😀`, 'x'.repeat(10_000), `${NO_UUID} `])(
    'does not find the event %j',
    async (id) => {
      expect(await answerTo(request('mark_event', { event_id: id, status: 1 }))).toBe(eventNotFound(id));
    },
  );

  describe('empty values', () => {
    const EMPTY_BODIES = [
      'null',
      '{}',
      '{"stream_name":null}',
      '{"stream_name":""}',
      '{"event_id":null,"status":null}',
    ];

    it.each(OF_A_STREAM_THAT_EXISTS.filter((operation) => operation !== 'write_event'))(
      'reads what is missing in the body of %s as empty',
      async (operation) => {
        for (const body of EMPTY_BODIES) {
          expect(await answerTo(rawRequest(operation, body))).toBe(streamNotFound(operation, ''));
        }
      },
    );

    it('reads what is missing in the body of mark_event as empty', async () => {
      for (const body of EMPTY_BODIES) expect(await answerTo(rawRequest('mark_event', body))).toBe(eventNotFound(''));
    });

    it('refuses to create a stream without a name', async () => {
      for (const body of EMPTY_BODIES) {
        expect(JSON.parse(await answerTo(rawRequest('create_stream', body)))).toMatchObject({
          operation: 'create_stream',
          status: false,
          reason: MISSING_FIELDS,
        });
      }
    });

    it('writes no event into a stream without a name', async () => {
      for (const body of ['{"event":1}', '{"stream_name":null,"event":1}', '{"stream_name":"","event":1}']) {
        expect(await answerTo(rawRequest('write_event', body))).toBe(streamNotFound('write_event', ''));
      }
      for (const body of EMPTY_BODIES) {
        const reasons = [MISSING_FIELDS, "stream '' not found"];
        expect(reasons).toContain(
          (JSON.parse(await answerTo(rawRequest('write_event', body))) as { reason: string }).reason,
        );
      }
    });

    it('takes an explicit null as an event, and no event as null or not at all', async () => {
      const bus = await suite.open();
      const { name } = await suite.create(bus);
      expect(await bus.ask(request('write_event', { stream_name: name, event: null }))).toBe(success('write_event'));
      const [written, ...more] = await suite.list(bus, 'get_stream_events', name);
      expect(written).toMatchObject({ body: 'null', status: 0 });
      expect(more).toEqual([]);
      const answer = JSON.parse(await bus.ask(request('write_event', { stream_name: name }))) as { reason?: string };
      expect([undefined, MISSING_FIELDS]).toContain(answer.reason);
    });
  });

  describe('status of mark_event', () => {
    it('names the statuses for 3 to 255, whether the event exists or not', async () => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, ['1']);
      const [event] = await suite.list(bus, 'get_stream_events', name);
      const ids = [event?.id, NO_UUID, ''];
      for (let status = 3; status <= 255; status++) {
        for (const id of ids) bus.send(`${request('mark_event', { event_id: id, status })}\n`);
      }
      const answers = await bus.lines(ids.length * 253);
      expect(new Set(answers.map(String))).toEqual(new Set([failure('mark_event', STATUS_REASON)]));
      expect(await suite.list(bus, 'process_events', name)).toEqual([event]);
    });

    it.each([
      '256',
      '257',
      '65536',
      '4294967297',
      '18446744073709551617',
      '12345678901234567890123',
      '-1',
      '-256',
      '1.5',
      '1.0',
      '2.0',
      '0.0',
      '1e0',
      '1E0',
      '1e400',
      '10e-1',
      '"1"',
      '""',
      'true',
      'false',
      '[]',
      '[1]',
      '{}',
    ])('refuses %s', async (status) => {
      const bus = await suite.open();
      const { name } = await suite.createWith(bus, ['1']);
      const [event] = await suite.list(bus, 'get_stream_events', name);
      for (const id of [event?.id, NO_UUID]) {
        const answer = await bus.ask(rawRequest('mark_event', `{"event_id":"${id}","status":${status}}`));
        expect(answer).toBe(failure('mark_event', INVALID_JSON));
      }
      expect(await suite.list(bus, 'process_events', name)).toEqual([event]);
    });

    it.each(['{"event_id":"ID"}', '{"event_id":"ID","status":null}', '{"status":0,"event_id":"ID"}'])(
      'reads 0 from %s',
      async (body) => {
        const bus = await suite.open();
        const { name } = await suite.createWith(bus, ['1']);
        const [event] = await suite.list(bus, 'get_stream_events', name);
        await suite.mark(bus, event?.id ?? '', 2);
        expect(await suite.list(bus, 'process_events', name)).toEqual([]);
        expect(await bus.ask(rawRequest('mark_event', body.replace('ID', event?.id ?? '')))).toBe(
          success('mark_event'),
        );
        expect(await suite.list(bus, 'process_events', name)).toEqual([event]);
      },
    );
  });

  it('keeps a connection through every failure', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const failing: [string, string][] = [
      ['nonsense', NOT_JSON],
      ['null', UNKNOWN_OPERATION],
      ['{"operation":"mark_event"}', failure('mark_event', UNAUTHORIZED)],
      [request('mark_event'), missingFields('mark_event')],
      [rawRequest('mark_event', '[]'), failure('mark_event', INVALID_JSON)],
      [request('mark_event', { status: 9 }), failure('mark_event', STATUS_REASON)],
      [request('mark_event', { event_id: 'x' }), eventNotFound('x')],
      [request('create_stream', { stream_name: name }), streamExists(name)],
      [request('delete_stream', { stream_name: 'x' }), streamNotFound('delete_stream', 'x')],
    ];
    const rounds = 50;
    for (let round = 0; round < rounds; round++) bus.send(failing.map(([line]) => `${line}\n`).join(''));
    const answers = await bus.lines(rounds * failing.length);
    expect(answers.map(String)).toEqual(
      Array.from({ length: rounds }, () => failing.map(([, answer]) => answer)).flat(),
    );
    expect(await bus.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
  });
}
