import {
  CREDENTIALS,
  INVALID_JSON,
  NOT_JSON,
  request,
  success,
  writeRequest,
} from '../../../support/event-bus/bus-requests.js';
import { Random } from '../../../support/random.js';
import { bodiesOf, numbered, type SuiteServer } from './suite-server.js';

const HEALTH = request('health');
const HEALTHY = success('health');
const MIB = 1024 * 1024;

export function describeFraming(suite: SuiteServer): void {
  it('answers health to everybody', async () => {
    const bus = await suite.open();
    expect(await bus.ask('{"operation": "health"}')).toBe('{"operation":"health","status":true}');
    expect(await bus.ask('{"operation":"health","auth":{"client_id":"nobody"},"body":[1]}')).toBe(HEALTHY);
  });

  it('answers exit to everybody and closes the connection', async () => {
    const bus = await suite.open();
    bus.send('{"operation": "exit"}\n');
    expect(await bus.remaining()).toEqual(['{"operation":"exit","status":true}']);
  });

  it('does not carry out what comes after exit', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    bus.send(`${writeRequest(name, '1')}\n${request('exit')}\n${writeRequest(name, '2')}\n${HEALTH}\n`);
    expect(await bus.remaining()).toEqual([success('write_event'), success('exit')]);
    const events = await suite.list(await suite.open(), 'get_stream_events', name);
    expect(bodiesOf(events)).toEqual(['1']);
  });

  it('ignores empty lines', async () => {
    const bus = await suite.open();
    bus.send(`\n\r\n\n\r\n${HEALTH}\n\n\r\n${HEALTH}\n\n`);
    bus.end();
    expect(await bus.remaining()).toEqual([HEALTHY, HEALTHY]);
  });

  it('takes a carriage return before the line break', async () => {
    const bus = await suite.open();
    bus.send(`${HEALTH}\r\n${HEALTH}\r\n`);
    expect((await bus.lines(2)).map(String)).toEqual([HEALTHY, HEALTHY]);
  });

  it('takes white space around the request', async () => {
    const bus = await suite.open();
    expect(await bus.ask(` \t ${HEALTH} \t \r`)).toBe(HEALTHY);
  });

  it.each([' ', '\t', '    ', ' \r'])('does not take %j for an empty line', async (line) => {
    const bus = await suite.open();
    expect(await bus.ask(line)).toBe(NOT_JSON);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
  });

  it('answers a last line without a line break', async () => {
    const bus = await suite.open();
    bus.end(`${HEALTH}\n${HEALTH}`);
    expect(await bus.remaining()).toEqual([HEALTHY, HEALTHY]);
  });

  it('answers a last line that ends in the middle', async () => {
    const bus = await suite.open();
    bus.end(HEALTH.slice(0, -1));
    expect(await bus.remaining()).toEqual([NOT_JSON]);
  });

  it('closes a connection that ends without a word', async () => {
    const bus = await suite.open();
    bus.end();
    expect(await bus.remaining()).toEqual([]);
  });

  it('answers everything that was sent before the end of the connection', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const bodies = numbered(1000);
    const list = request('get_stream_events', { stream_name: name });
    bus.end(bodies.map((body) => `${writeRequest(name, body)}\n`).join('') + list);
    const answers = await bus.remaining();
    expect(answers.slice(0, -1)).toEqual(bodies.map(() => success('write_event')));
    expect(answers.at(-1)?.match(/\{"n":\d+\}/g)).toEqual(bodies);
  });

  it('shows in a list what was written before it on the connection', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const list = request('get_stream_events', { stream_name: name });
    bus.send(
      numbered(20)
        .map((body) => `${writeRequest(name, body)}\n${list}\n`)
        .join(''),
    );
    const answers = await bus.lines(40);
    answers.forEach((answer, index) => {
      if (index % 2 === 0) expect(answer.toString()).toBe(success('write_event'));
      else expect(answer.toString().match(/\{"n":\d+\}/g)).toEqual(numbered((index + 1) / 2));
    });
  });

  it('answers requests of all kinds in their order', async () => {
    const bus = await suite.open();
    const names = Array.from({ length: 100 }, () => suite.newName());
    const kinds = ['create_stream', 'get_stream_info', 'process_events', 'delete_stream', 'retry_events'] as const;
    const asked = names.flatMap((name) => kinds.map((kind) => ({ kind, name })));
    bus.send(asked.map(({ kind, name }) => `${request(kind, { stream_name: name })}\nnonsense\n`).join(''));
    const answers = await bus.lines(2 * asked.length);
    asked.forEach(({ kind, name }, index) => {
      const { operation, status, reason } = JSON.parse(String(answers[2 * index])) as Record<string, unknown>;
      expect({ operation, status, reason }).toEqual(
        kind === 'retry_events'
          ? { operation: kind, status: false, reason: `stream '${name}' not found` }
          : { operation: kind, status: true, reason: undefined },
      );
      expect(String(answers[2 * index + 1])).toBe(NOT_JSON);
    });
  });

  it('puts requests together however they are cut', async () => {
    const random = new Random(7);
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const bodies = Array.from({ length: 60 }, (_, index) => `"${'ü€😀\\n'.repeat(random.below(20))}${index}"`);
    const bytes = Buffer.from(bodies.map((body) => `${writeRequest(name, body)}\r\n`).join(''));
    for (let sent = 0; sent < bytes.length;) {
      const length = random.below(3) === 0 ? 1 : 1 + random.below(300);
      await bus.sent(bytes.subarray(sent, sent + length));
      sent += length;
    }
    await bus.lines(bodies.length);
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', name))).toEqual(bodies);
  });

  it('takes a line of 1 MiB', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const padding = MIB - Buffer.byteLength(writeRequest(name, '""'));
    const body = `"${'x'.repeat(padding)}"`;
    expect(writeRequest(name, body)).toHaveLength(MIB);
    expect(await bus.ask(writeRequest(name, body))).toBe(success('write_event'));
    const [event] = await suite.list(bus, 'get_stream_events', name);
    expect(event?.body === body).toBe(true);
  });

  it.each([
    ['a byte more than 1 MiB', 1],
    ['10 MiB more', 10 * MIB],
  ])('refuses a line of %s with an error and stores nothing of it', async (_what, more) => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const padding = MIB + more - Buffer.byteLength(writeRequest(name, '""'));
    bus.send(`${writeRequest(name, `"${'x'.repeat(padding)}"`)}\n`);
    const answer = JSON.parse(String(await bus.line())) as Record<string, unknown>;
    expect(answer).toMatchObject({ operation: 'decode_request', status: false, reason: expect.any(String) });
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    expect(await suite.list(bus, 'get_stream_events', name)).toEqual([]);
  });

  it.each([
    ['NUL', Buffer.from([0])],
    ['a NUL after the request', Buffer.concat([Buffer.from(HEALTH), Buffer.from([0])])],
    ['a byte order mark', Buffer.from(`\u{feff}${HEALTH}`)],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0xc0, 0x80])],
    ['a TLS greeting', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])],
    ['HTTP', Buffer.from('GET / HTTP/1.1')],
  ])(`tells that %s is not JSON`, async (_what, bytes) => {
    const bus = await suite.open();
    expect(await bus.ask(bytes)).toBe(`{"operation":"decode_request","status":false,"reason":"${INVALID_JSON}"}`);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
  });

  it('tells that a request whose name is not UTF-8 is not JSON', async () => {
    const bus = await suite.open();
    const [head, tail] = request('create_stream', { stream_name: '|' }).split('|');
    expect(
      await bus.ask(Buffer.concat([Buffer.from(head ?? ''), Buffer.from([0x61, 0xff]), Buffer.from(tail ?? '')])),
    ).toBe(NOT_JSON);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
  });

  it('takes the keys of a request in any order', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const auth = JSON.stringify(CREDENTIALS);
    expect(
      await bus.ask(`{"body":{"event":[1],"stream_name":"${name}"},"auth":${auth},"operation":"write_event"}`),
    ).toBe(success('write_event'));
    expect(
      await bus.ask(
        `{"auth":${auth},"unknown":{"operation":5},"operation":"write_event","body":{"event":2,"more":[],"stream_name":"${name}"}}`,
      ),
    ).toBe(success('write_event'));
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', name))).toEqual(['[1]', '2']);
  });
}
