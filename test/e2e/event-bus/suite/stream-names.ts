import { streamOf } from '../../../support/event-bus/bus-answers.js';
import {
  rawRequest,
  request,
  streamExists,
  streamNotFound,
  success,
  writeRequest,
} from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, type SuiteServer } from './suite-server.js';

/** All of them exist at the same time, so each pair proves itself different. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  '0',
  '-1',
  'steve',
  'Steve',
  'STEVE',
  'a b',
  'a  b',
  ' a b',
  'a b ',
  ' ',
  '  ',
  '.',
  '..',
  'a.b',
  'a..b',
  '.a.b',
  'a.b.',
  '../../etc/passwd',
  'a/b',
  'a\\b',
  '*',
  'a.*',
  '>',
  'a.>',
  'a.b>',
  '%',
  '%2A',
  '%2a',
  '%252A',
  '%3E',
  '%25',
  '$',
  '$streams',
  '$streams.a.b',
  '$streams.>',
  `%sha256.${'0'.repeat(64)}`,
  "it's",
  '"quoted"',
  '<b>&amp;</b>',
  '{"a":1}',
  "'; DROP TABLE streams; --",
  'é',
  'e\u0301',
  'É',
  'ﬁ',
  'fi',
  'ﬀ',
  'ß',
  'ss',
  'ı',
  'i',
  'İ',
  '\u00a0',
  '\u200b',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ufeff',
  '\uffff',
  '\u{10ffff}',
  '😀',
  '👩‍👩‍👧',
  '👩👩👧',
  'שלום',
  'مرحبا بالعالم',
  '流れ',
  'поток',
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(257),
  'x'.repeat(1000),
  'x'.repeat(999) + 'y',
  'y' + 'x'.repeat(999),
  'x'.repeat(2000),
  '*'.repeat(1000),
  'ü'.repeat(500),
  '😀'.repeat(250),
];

export function describeStreamNames(suite: SuiteServer): void {
  it('takes any text as a name, and no two for the same', async () => {
    const bus = await suite.open();
    const ids = new Set<string>();
    for (const name of NAMES) {
      const created = await bus.ask(request('create_stream', { stream_name: name }));
      const stream = streamOf('create_stream', created);
      expect(stream.name).toBe(name);
      ids.add(stream.id);
      expect(await bus.ask(request('create_stream', { stream_name: name }))).toBe(streamExists(name));
    }
    expect(ids.size).toBe(NAMES.length);

    for (const name of NAMES)
      expect(await bus.ask(writeRequest(name, JSON.stringify(name)))).toBe(success('write_event'));
    for (const name of NAMES) {
      expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual([JSON.stringify(name)]);
    }

    for (const [index, name] of NAMES.entries()) {
      expect(await bus.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
      expect(await bus.ask(request('get_stream_events', { stream_name: name }))).toBe(
        streamNotFound('get_stream_events', name),
      );
      const next = NAMES[index + 1];
      if (next !== undefined) expect(await suite.list(bus, 'get_stream_events', next)).toHaveLength(1);
    }
  });

  it('reads escapes in a name as what they stand for', async () => {
    const bus = await suite.open();
    const { name } = await suite.create(bus);
    const escaped = Array.from(name, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(
      '',
    );
    expect(await bus.ask(rawRequest('create_stream', `{"stream_name":"${escaped}"}`))).toBe(streamExists(name));
    expect(await bus.ask(rawRequest('write_event', `{"\\u0073tream_name":"${escaped}","event":1}`))).toBe(
      success('write_event'),
    );
    expect(await suite.list(bus, 'get_stream_events', name)).toHaveLength(1);
  });

  it.each([
    ['a control character', 'a\u0001b'],
    ['a line break', 'a\nb'],
    ['NUL', 'a\u0000b'],
    ['3,000 bytes', 'x'.repeat(3000)],
    ['half of a surrogate pair', 'a\ud83d'],
  ])('refuses a name with %s, or takes it as it is', async (_what, name) => {
    const bus = await suite.open();
    const answer = JSON.parse(await bus.ask(request('create_stream', { stream_name: name }))) as Record<
      string,
      unknown
    >;
    expect(answer['operation']).toBe('create_stream');
    if (answer['status'] === true) {
      expect(answer['body']).toMatchObject({ stream: { name } });
      expect(await bus.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
    } else {
      expect(answer['reason']).toMatch(/./);
      const info = JSON.parse(await bus.ask(request('get_stream_info', { stream_name: name }))) as Record<
        string,
        unknown
      >;
      expect(info['status']).toBe(false);
    }
  });
}
