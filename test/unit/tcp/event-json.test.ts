import { eventElements } from '../../../src/tcp/event-json.js';

const event = (body: string, messageId = 1) => ({
  id: `id-${messageId}`,
  status: 0 as const,
  body: Buffer.from(body),
  createdTimeUs: 1_000_001,
  messageId,
});

describe('the events of an answer', () => {
  it('are elements of an array, each with its five fields and its body as it was written', () => {
    const body = '{"b": 1e400 , "a":"\\n<>&\u2028"}';
    expect(eventElements('stream', [event(body), event('null', 2)], true).toString()).toBe(
      `{"id":"id-1","stream_id":"stream","status":0,"created_at":"1970-01-01T00:00:01.000001Z","body":${body}},` +
        '{"id":"id-2","stream_id":"stream","status":0,"created_at":"1970-01-01T00:00:01.000001Z","body":null}',
    );
    expect(eventElements('stream', [event('1')], false).toString()).toMatch(/^,\{/);
  });

  it('stay on one line, however their bodies were laid out', () => {
    const laidOut = '{\n  "a": [\r\n    "x\\ny"\n  ]\n}\n';
    const text = eventElements('stream', [event(laidOut), event('\n1\n', 2)], true).toString();
    expect(text).not.toContain('\n');
    expect(JSON.parse(`[${text}]`)).toMatchObject([{ body: { a: ['x\ny'] } }, { body: 1 }]);
  });
});
