import { bodyText, formatTime, toJson, toText } from '../../../src/cli/message-view.js';

const message = {
  subject: 'orders',
  id: 7,
  body: Buffer.from('grüße'),
  headers: new Map([['trace', 'abc']]),
  publishTimeUs: 1_795_242_000_000_001,
  expireTimeUs: 0,
};

describe('the view of a message', () => {
  test('is JSON with text as text', () => {
    expect(toJson(message)).toEqual({
      subject: 'orders',
      id: 7,
      body: 'grüße',
      headers: { trace: 'abc' },
      publishTime: '2026-11-21T06:20:00.000001Z',
    });
  });

  test('is JSON with other bytes as base64, and says so', () => {
    expect(toJson({ ...message, body: Buffer.from([0xff, 0xfe]), expireTimeUs: 1_000_000 })).toMatchObject({
      body: '//4=',
      bodyEncoding: 'base64',
      expireTime: '1970-01-01T00:00:01.000000Z',
    });
  });

  test('is text with headers for people', () => {
    expect(toText(message)).toBe('orders #7 2026-11-21T06:20:00.000001Z\n  trace: abc\ngrüße\n');
  });

  test('does not let a body control the terminal', () => {
    expect(bodyText(Buffer.from('a\u001b[31mb\r\n\tc'))).toBe('a\ufffd[31mb\ufffd\n\tc');
    expect(bodyText(Buffer.from([0xff]))).toBe('(1 bytes)');
  });

  test('leaves out a time that is not there', () => {
    expect(formatTime(0)).toBe('');
  });
});
