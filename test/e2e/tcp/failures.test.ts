import { randomUUID } from 'node:crypto';
import { BrokerError } from '../../../src/core/errors.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { BusInProcess } from '../../support/bus-in-process.js';
import {
  correctBody,
  failure,
  OPERATIONS_WITH_BODY,
  request,
  success,
  writeRequest,
} from '../../support/event-bus/bus-requests.js';

let server: BusInProcess;

afterEach(() => server.dispose());

it('breaks the connection when a list cannot be completed, and serves the others', async () => {
  const warnings: string[] = [];
  server = await BusInProcess.start({
    logger: { ...NO_LOGGER, warn: (_fields, message) => warnings.push(message) },
  });
  await server.fill(30);
  const read = server.streams.read.bind(server.streams);
  let pages = 0;
  server.streams.read = async (...args) => {
    if (++pages === 2) throw new BrokerError('STORAGE_UNAVAILABLE', 'the storage is away');
    return read(...args);
  };
  const bus = await server.open();
  bus.send(`${request('get_stream_events', { stream_name: 'big' })}\n`);
  await expect(bus.remaining()).rejects.toThrow();
  expect(warnings).toEqual(['answer broken off']);
  expect(await (await server.open()).ask(request('health'))).toBe(success('health'));
});

it('answers with the reason when the first page of a list cannot be read', async () => {
  server = await BusInProcess.start();
  await server.fill(1);
  server.streams.read = () => Promise.reject(new BrokerError('STORAGE_UNAVAILABLE', 'the storage is away'));
  const bus = await server.open();
  expect(await bus.ask(request('process_events', { stream_name: 'big' }))).toBe(
    failure('process_events', 'the storage is away'),
  );
});

it('tells nothing of an internal error, and logs it', async () => {
  const logged: unknown[] = [];
  server = await BusInProcess.start({ logger: { ...NO_LOGGER, error: (fields) => logged.push(fields) } });
  await server.streams.create('s');
  const secret = new Error('a secret of the storage');
  server.streams.get = () => Promise.reject(secret);
  const answer = await (await server.open()).ask(request('get_stream_info', { stream_name: 's' }));
  expect(answer).toBe(failure('get_stream_info', 'internal error'));
  expect(logged).toEqual([{ error_id: expect.any(String) as string, err: secret }]);
});

it('ends a list although others keep writing', async () => {
  server = await BusInProcess.start();
  await server.fill(30);
  const read = server.streams.read.bind(server.streams);
  server.streams.read = async (...args) => {
    const page = await read(...args);
    await server.streams.write('big', Buffer.from('"late"'));
    return page;
  };
  const answer = await (await server.open()).ask(request('get_stream_events', { stream_name: 'big' }));
  expect(answer).not.toContain('late');
});

it('answers what needs the storage with the reason while that is away, keeps the connections and goes on', async () => {
  server = await BusInProcess.start();
  const [bus, other] = [await server.open(), await server.open()];
  await bus.ask(request('create_stream', correctBody('create_stream', 's')));
  server.shared.away = true;
  for (const operation of OPERATIONS_WITH_BODY) {
    const named = operation === 'mark_event' ? randomUUID() : 's';
    const answer = await bus.ask(request(operation, correctBody(operation, named)));
    expect(answer).toBe(failure(operation, 'the storage is away'));
  }
  expect(await bus.ask(request('health'))).toBe(success('health'));
  server.shared.away = false;
  for (const each of [bus, other]) {
    const answer = await each.ask(writeRequest('s', '{"n":1}'));
    expect(JSON.parse(answer)).toMatchObject({ operation: 'write_event', status: true });
  }
});
