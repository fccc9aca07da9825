import { request, success, writeRequest } from '../../../support/event-bus/bus-requests.js';
import type { SuiteServer } from './suite-server.js';

export function describeSubscribers(suite: SuiteServer): void {
  it('get the events of a stream live, in order and byte for byte', async () => {
    const bus = await suite.open();
    const { name } = await suite.createWith(bus, ['"before"']);
    const subscription = suite.server.grpcClient().subscribe({ subjects: [`$streams.${name}`] });
    const bodies: string[] = [];
    for await (const event of subscription) {
      if (event.kind === 'confirmed') {
        bus.send(`${writeRequest(name, '{"n" : 12345678901234567890}')}\n${writeRequest(name, '"<2>"')}\n`);
      }
      if (event.kind === 'batch') bodies.push(...event.messages.map(({ body }) => body.toString()));
      if (bodies.length >= 2) break;
    }
    expect(bodies).toEqual(['{"n" : 12345678901234567890}', '"<2>"']);
    expect((await bus.lines(2)).map(String)).toEqual([success('write_event'), success('write_event')]);
  });

  it('get the events of all streams by a pattern', async () => {
    const bus = await suite.open();
    const prefix = `orders ${suite.newName()}`;
    const names = [`${prefix}.eu`, `${prefix}.us`];
    for (const name of names) await bus.ask(request('create_stream', { stream_name: name }));
    const subscription = suite.server.grpcClient().subscribe({ subjects: [`$streams.${prefix}.>`] });
    const seen: string[] = [];
    for await (const event of subscription) {
      if (event.kind === 'confirmed') for (const name of names) await bus.ask(writeRequest(name, '1'));
      if (event.kind === 'batch') seen.push(...event.messages.map(({ subject }) => subject));
      if (seen.length >= 2) break;
    }
    expect(seen).toEqual(names.map((name) => `$streams.${name}`));
  });

  it('get the events of a stream whose name would be a pattern, and no others', async () => {
    const bus = await suite.open();
    const prefix = suite.newName();
    for (const name of [`${prefix}.*`, `${prefix}.other`])
      await bus.ask(request('create_stream', { stream_name: name }));
    await bus.ask(writeRequest(`${prefix}.other`, '"other"'));
    await bus.ask(writeRequest(`${prefix}.*`, '"mine"'));
    const messages = suite.server
      .grpcClient()
      .subscribe({ subjects: [`$streams.${prefix}.%2A`], from: 'earliest', stopAtHead: true })
      .messages();
    const bodies: string[] = [];
    for await (const { body } of messages) bodies.push(body.toString());
    expect(bodies).toEqual(['"mine"']);
  });
}
