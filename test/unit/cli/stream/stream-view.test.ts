import type { ShownEvent } from '../../../../src/cli/stream/stream-transport.js';
import { eventLine, streamJson } from '../../../../src/cli/stream/stream-view.js';

const EVENT: Omit<ShownEvent, 'body'> = { id: 'e', streamId: 's', status: 'retry', createTime: '2026-01-01T00:00:00Z' };

test('shows a body as the JSON that it is, in one line', () => {
  const body = Buffer.from('{"n":\r\n12345678901234567890.10,\n"t":"a\\n\u2028"}');
  expect(eventLine({ ...EVENT, body })).toBe(
    '{"id":"e","streamId":"s","status":"retry","createTime":"2026-01-01T00:00:00Z",' +
      '"body":{"n":  12345678901234567890.10, "t":"a\\n\u2028"}}',
  );
});

test('shows the lease that an event is under', () => {
  const line = eventLine({ ...EVENT, body: Buffer.from('1') }, { id: 'l', expireTime: 't' });
  expect(JSON.parse(line)).toMatchObject({ lease: { id: 'l', expireTime: 't' }, body: 1 });
});

test('shows of a stream what its protocol tells', () => {
  const stream = { id: 's', name: 'n', createTime: 't' };
  expect(streamJson(stream)).toEqual(stream);
  expect(streamJson({ ...stream, details: { eventTtlMs: 90_000, subject: '$streams.n' } })).toEqual({
    ...stream,
    subject: '$streams.n',
    eventTtl: '90s',
  });
  expect(streamJson({ ...stream, details: { eventTtlMs: undefined, subject: '$streams.n' } })).toEqual({
    ...stream,
    subject: '$streams.n',
  });
});
