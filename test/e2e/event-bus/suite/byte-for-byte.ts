import fc from 'fast-check';
import { CREDENTIALS, rawRequest, success, writeRequest } from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, type SuiteServer } from './suite-server.js';

const SECRETIVE = `{"operation":"exit","auth":{"client_id":"x","client_secret":"y"},"body":{"stream_name":"other","event":1}}`;

/** Events that would come back changed from a server that reads and writes them. */
const BODIES: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1.0',
  '1.10',
  '1e2',
  '1E+2',
  '1e-7',
  '1e400',
  '-1e400',
  '1e-400',
  '12345678901234567890',
  '-12345678901234567890.000000000000000000001',
  `1${'0'.repeat(5000)}`,
  `0.${'1'.repeat(5000)}`,
  '""',
  '"<b>&amp;</b>"',
  '"\\u003c\\u003e\\u0026"',
  '"\\u2028\\u2029"',
  '"\u2028\u2029"',
  '"\u007f\u0080\u00a0\ufeff\uffff"',
  '"\\/ / \\b\\f\\n\\r\\t\\\\ \\""',
  '"\\u0041\\u00e9\\u00E9é"',
  '"\\u0000"',
  '"\\ud83d\\ude00😀"',
  '"\\ud83d"',
  '"\\ude00\\ud83d"',
  '"e\u0301é"',
  '[]',
  '{}',
  '[[],[[]],{}]',
  '{"b":1,"a":2,"10":3,"9":4}',
  '{"a":1,"a":2,"a":{"a":1,"a":2}}',
  '{"__proto__":{"polluted":true},"constructor":1,"toJSON":2}',
  '{"":1," ":2}',
  '{"a" : 1 ,\t"b":[ 1 , 2,3 ] , "c" :{ } }',
  '[ ]',
  '{"\\u0061":1}',
  '{"id":1,"stream_id":2,"status":3,"created_at":4,"body":5}',
  '{"event":1,"stream_name":"other"}',
  SECRETIVE,
  JSON.stringify(SECRETIVE),
  '"}"',
  '"]}"',
  '"\\\\"',
  '"\\\\\\""',
  '{"}":"{","]":["]"]}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
];

export function describeByteForByte(suite: SuiteServer): void {
  it('come back byte for byte', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, BODIES);
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', name))).toEqual(BODIES);
    expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(BODIES);
  });

  it('come back byte for byte after every mark', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, BODIES);
    for (const { id } of await suite.list(bus, 'process_events', name)) await suite.mark(bus, id, 2);
    expect(bodiesOf(await suite.list(bus, 'retry_events', name))).toEqual(BODIES);
  });

  it('come back byte for byte whatever JSON they are', async () => {
    const bus = await suite.open();
    const space = fc.stringMatching(/^[ \t]{0,3}$/);
    const event = fc
      .tuple(fc.json({ maxDepth: 4 }), space, fc.option(fc.string({ unit: 'binary', maxLength: 40 })))
      .map(([json, between, text]) => {
        const inner = json.replaceAll(/(?<=^[^"]*)[,:[{]/g, (token) => token + between);
        return text === null ? inner : `[${between}${inner}${between},${JSON.stringify(text)}]`;
      });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 100 }), async (events) => {
        const { name } = await suite.createWith(bus, events);
        const listed = bodiesOf(await suite.list(bus, 'get_stream_events', name));
        expect(listed).toEqual(events.map((text) => text.trim()));
      }),
      { numRuns: 30 },
    );
  });

  it('come back with 900 KiB', async () => {
    const bus = await suite.open();
    const body =
      `{"text":"${'ü<😀\\u003c'.repeat(70_000)}"}`
        .padEnd(900 * 1024, ' ')
        .replace('}', '')
        .trimEnd() + '}';
    const { name } = await suite.createWith(bus, [body]);
    const [event] = await suite.list(bus, 'get_stream_events', name);
    expect(event?.body === body).toBe(true);
  });

  it('may stand anywhere in the request, with white space around them', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const bodies = ['{"a" : 1}', '[ 2 ]', '3', '4', '5'];
    const quoted = JSON.stringify(name);
    const auth = JSON.stringify(CREDENTIALS);
    const lines = [
      rawRequest('write_event', ` { "stream_name" : ${quoted} , "event" :  {"a" : 1}  } `),
      rawRequest('write_event', `{"event":[ 2 ]\t,"stream_name":${quoted}}`),
      rawRequest(
        'write_event',
        `{"x":{"event":0},"event":3,"y":[{"event":0}],"stream_name":${quoted},"z":"\\"event\\":0"}`,
      ),
      rawRequest('write_event', `{"\\u0065vent":4,"stream_name":${quoted}}`),
      `{"event":0,"body":{"stream_name":${quoted},"event":5},"auth":${auth},"operation":"write_event","event":0}`,
    ];
    for (const line of lines) expect(await bus.ask(line)).toBe(success('write_event'));
    expect(bodiesOf(await suite.list(bus, 'get_stream_events', name))).toEqual(bodies);
  });

  it('are the last one where there are two, or refused', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const answer = await bus.ask(rawRequest('write_event', `{"stream_name":"${name}","event":1,"event":2}`));
    const stored = bodiesOf(await suite.list(bus, 'get_stream_events', name));
    expect(stored).toEqual(answer === success('write_event') ? ['2'] : []);
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character that is cut', [0xf0, 0x9f, 0x98]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('with %s, which is not UTF-8, are refused or come back unchanged', async (_what, bytes) => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const [head = '', tail = ''] = writeRequest(name, '"[]"').split('[]');
    const body = Buffer.from(bytes);
    bus.send(Buffer.concat([Buffer.from(head), body, Buffer.from(`${tail}\n`)]));
    const { status } = JSON.parse(String(await bus.line())) as { status: boolean };
    bus.send(`${rawRequest('get_stream_events', JSON.stringify({ stream_name: name }))}\n`);
    const list = await bus.line();
    if (status) expect(list.includes(Buffer.concat([Buffer.from('"'), body, Buffer.from('"')]))).toBe(true);
    else expect(list.toString()).toContain('"events":[]');
  });
}
