import fc from 'fast-check';
import type { BrokerError } from '../../../src/core/errors.js';
import { RequestBody } from '../../../src/tcp/request-body.js';
import { readRequest } from '../../../src/tcp/request.js';

const INVALID = 'invalid json provided';
const UNKNOWN = /^operation must be one of: /;

function read(text: string) {
  return readRequest(Buffer.from(text));
}

function bodyOf(body: string): RequestBody {
  const { line, body: span } = read(`{"operation":"write_event","body":${body}}`);
  if (span === undefined) throw new Error('the request has no body');
  return new RequestBody(line, span);
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as BrokerError).message;
  }
  throw new Error('it was taken');
}

describe('the envelope', () => {
  it('is read whatever the order and spelling of its members', () => {
    const request = read(
      ' { "body" : {"a" : 1} , "x":[{"operation":"exit"}], "auth":{"client_secret":"\\u0073\\"","client_id":"é"},"oper\\u0061tion":"write_event"}\t',
    );
    expect(request).toMatchObject({ operation: 'write_event', clientId: 'é', clientSecret: 's"' });
    expect(request.line.subarray(request.body?.start, request.body?.end).toString()).toBe('{"a" : 1}');
  });

  it('has the context of a trace, and passes over what cannot be one', () => {
    expect(read('{"operation":"health","traceparent":"00-a-b-01"}').carrier).toEqual({ traceparent: '00-a-b-01' });
    const both = '{"operation":"health","tracestate":"v=1","traceparent":"00-a-b-01"}';
    expect(read(both).carrier).toEqual({ traceparent: '00-a-b-01', tracestate: 'v=1' });
    for (const members of ['"traceparent":5', '"traceparent":{}', '"tracestate":"v=1"', '"traceparent":null']) {
      expect(read(`{"operation":"health",${members}}`).carrier).toBeUndefined();
    }
  });

  it('has no credentials and no body when it names none', () => {
    const nothing = { operation: 'health', clientId: '', clientSecret: '', body: undefined };
    expect(read('{"operation":"health"}')).toMatchObject(nothing);
    expect(read('{"operation":"health","auth":null}')).toMatchObject(nothing);
    expect(read('{"operation":"health","auth":{"client_id":null}}')).toMatchObject(nothing);
  });

  it('takes the last of several members of one name', () => {
    expect(read('{"operation":"exit","auth":5,"operation":"health","auth":{}}')).toMatchObject({ operation: 'health' });
  });

  it.each([
    ...['', '{', '[]', '"health"', '7', 'true', 'nul', 'null null', ' ', '\u00a0null', '{"operation":"health"}}'],
    ...['{"operation":5}', '{"operation":["health"]}', '{"operation":"health","auth":[]}', "{'operation':'health'}"],
    ...['{"operation":"health","auth":{"client_id":1}}', '{"operation":"health","auth":{"client_secret":{}}}'],
  ])('is refused as no valid JSON: %s', (text) => {
    expect(refusal(() => read(text))).toBe(INVALID);
  });

  it('is refused when it is not UTF-8, wherever that is', () => {
    for (const text of ['{"operation":"health","x":"\xff"}', '{"operation":"write_event","body":{"event":"\xc3"}}']) {
      expect(refusal(() => readRequest(Buffer.from(text, 'latin1')))).toBe(INVALID);
    }
  });

  it.each(['null', ' null ', '{}', '{"operation":null}', '{"operation":"nope"}', '{"operation":"__proto__"}'])(
    'is refused with the list of operations: %s',
    (text) => expect(refusal(() => read(text))).toMatch(UNKNOWN),
  );
});

describe('the body', () => {
  it('holds any event byte for byte', () => {
    const event = fc.json({ maxDepth: 4 });
    const key = fc.oneof(fc.constantFrom('__proto__', 'stream_name', 'constructor', 'Event'), fc.string());
    fc.assert(
      fc.property(event, fc.array(fc.tuple(key, fc.json())), fc.nat({ max: 2 }), (text, others, indent) => {
        const written = JSON.stringify(JSON.parse(text), undefined, indent);
        const members = others
          .filter(([name]) => name !== 'event')
          .map(([name, value]) => `${JSON.stringify(name)}:${value}`);
        const body = `{${[...members, `"event": ${written}`].join(',')} }`;
        expect(bodyOf(body).json('event').toString()).toBe(written);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '12345678901234567890',
    '1.0',
    '-0',
    '1E+2',
    '"\\u003c<\\/"',
    '{"b":1,"a":2,"b":3}',
    '[ 1 , 2 ]',
    '"\\ud800"',
  ])('keeps %s as it is', (event) => expect(bodyOf(`{"event":${event}}`).json('event').toString()).toBe(event));

  it('holds the last of several events, also when a name is spelled with escapes', () => {
    expect(bodyOf('{"event":1,"\\u0065vent":2}').json('event').toString()).toBe('2');
  });

  it('has the empty value of what is absent or null', () => {
    for (const body of ['null', '{}', '{"stream_name":null,"status":null,"limit":null,"after":null}']) {
      const read = bodyOf(body);
      expect([read.text('stream_name'), read.uint8('status'), read.optionalUnsigned('limit')]).toEqual([
        '',
        0,
        undefined,
      ]);
      expect([read.optionalText('after'), read.json('event').toString()]).toEqual([undefined, 'null']);
    }
  });

  it.each(['[]', '"x"', '1', 'true'])('is refused when it is %s', (body) => {
    expect(refusal(() => bodyOf(body))).toBe(INVALID);
  });

  it.each(['1', 'true', '{}', '["x"]'])('is refused when a text is %s', (value) => {
    expect(refusal(() => bodyOf(`{"stream_name":${value}}`).text('stream_name'))).toBe(INVALID);
  });

  it.each([0, 1, 3, 255])('reads the small number %d', (value) => {
    expect(bodyOf(`{"status":${value}}`).uint8('status')).toBe(value);
  });

  it.each(['256', '-1', '-0', '1.5', '1.0', '1e0', '"1"', 'true', '[1]', '99999999999999999999'])(
    'is refused when a small number is %s',
    (value) => expect(refusal(() => bodyOf(`{"status":${value}}`).uint8('status'))).toBe(INVALID),
  );

  it('reads whole numbers as far as they are exact', () => {
    expect(bodyOf('{"limit":9007199254740991}').optionalUnsigned('limit')).toBe(Number.MAX_SAFE_INTEGER);
    expect(refusal(() => bodyOf('{"limit":9007199254740992}').optionalUnsigned('limit'))).toBe(INVALID);
  });
});
