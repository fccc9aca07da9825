import { streamOf } from '../../../support/event-bus/bus-answers.js';
import {
  eventNotFound,
  request,
  streamNotFound,
  success,
  writeRequest,
} from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, numbered, type SuiteServer } from './suite-server.js';

/** What would end an event, or the line that it stands on, if it were taken for JSON. */
const NO_EVENTS: readonly (string | Buffer)[] = [
  '',
  ' ',
  'nonsense',
  '1 2',
  '1,2',
  '1}',
  '1},{"id":"x"',
  '{"a":"\n"}',
  '"\n"',
  '"\u0000"',
  '[1',
  '\ufeff1',
  Buffer.from([0x22, 0xff, 0x22]),
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
];

export function describeBothProtocols(suite: SuiteServer): void {
  it('see the same streams and events', async () => {
    const bus = await suite.open();
    const { streams } = suite.server.grpcClient();
    const created = await streams.create({ name: suite.newName() });
    const { name } = created;
    const seen = streamOf('get_stream_info', await bus.ask(request('get_stream_info', { stream_name: name })));
    expect({ ...seen, createdAt: Date.parse(seen.createdAt) }).toEqual({
      id: created.id,
      name,
      createdAt: Math.floor(created.createTimeUs / 1000),
    });
    const written = await streams.write(name, '{"by" : "gRPC", "n": 1.0}');
    expect(await bus.ask(writeRequest(name, '{"by":"TCP","n":12345678901234567890}'))).toBe(success('write_event'));
    const events = await suite.list(bus, 'process_events', name);
    expect(bodiesOf(events)).toEqual(['{"by" : "gRPC", "n": 1.0}', '{"by":"TCP","n":12345678901234567890}']);
    expect(events[0]?.id).toBe(written.id);
    const overGrpc = await streams.events({ stream: name });
    expect(overGrpc.events.map(({ id, body }) => ({ id, body: body.toString() }))).toEqual(
      events.map(({ id, body }) => ({ id, body })),
    );
  });

  it('see the same marks and deletions', async () => {
    const bus = await suite.open();
    const { streams } = suite.server.grpcClient();
    const { name } = await suite.createWith(bus, numbered(3));
    const events = await suite.list(bus, 'process_events', name);
    await suite.mark(bus, events[0]?.id ?? '', 2);
    await streams.mark(events[1]?.id ?? '', 'processed');
    const retried = await streams.retry({ stream: name });
    expect(retried.events.map(({ body }) => body.toString())).toEqual(['{"n":1}']);
    expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(['{"n":3}']);
    await streams.delete(name);
    expect(await bus.ask(request('process_events', { stream_name: name }))).toBe(
      streamNotFound('process_events', name),
    );
    const id = events[2]?.id ?? '';
    expect(await bus.ask(request('mark_event', { event_id: id, status: 1 }))).toBe(eventNotFound(id));
  });

  it('hand no event to two processors', async () => {
    const bus = await suite.open();
    const { streams } = suite.server.grpcClient();
    const { name } = await suite.createWith(bus, numbered(4));
    const mine = await streams.process({ stream: name, pageSize: 2, leaseMs: 600_000 });
    expect(mine.events.map(({ body }) => body.toString())).toEqual(['{"n":1}', '{"n":2}']);
    const answer = await bus.ask(request('process_events', { stream_name: name, lease_seconds: 600 }));
    expect(answer.match(/\{"n":\d\}/g)).toEqual(['{"n":3}', '{"n":4}']);
    await streams.releaseLease(name, mine.lease?.id ?? '');
    const again = await bus.ask(request('process_events', { stream_name: name, lease_seconds: 600 }));
    expect(again.match(/\{"n":\d\}/g)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('answer on one line what was laid out on many', async () => {
    const bus = await suite.open();
    const { streams } = suite.server.grpcClient();
    const { name } = await suite.create(bus);
    const values = [{ a: [1, { b: 'x\ny' }] }, [], 'text\n', 7];
    for (const value of values) await streams.write(name, `\n${JSON.stringify(value, null, 2)}\r\n`);
    const events = await suite.list(bus, 'get_stream_events', name);
    expect(events.map(({ body }) => JSON.parse(body) as unknown)).toEqual(values);
  });

  it('take nothing for an event that would break the answers of others', async () => {
    const bus = await suite.open();
    const { streams } = suite.server.grpcClient();
    const { name } = await suite.create(bus);
    for (const body of NO_EVENTS) {
      await expect(streams.write(name, body)).rejects.toMatchObject({ reason: 'EVENT_INVALID' });
    }
    expect(await suite.list(bus, 'get_stream_events', name)).toEqual([]);
  });

  it('do not let the messages of a stream be published beside it', async () => {
    const bus = await suite.open();
    const client = suite.server.grpcClient();
    const { name } = await suite.create(bus);
    await expect(client.publish({ subject: `$streams.${name}`, body: '}' })).rejects.toMatchObject({
      reason: 'SUBJECT_INVALID',
    });
    expect(await suite.list(bus, 'get_stream_events', name)).toEqual([]);
  });
}
