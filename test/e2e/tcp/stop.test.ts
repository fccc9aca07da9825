import { once } from 'node:events';
import { connect } from 'node:net';
import { BusInProcess } from '../../support/bus-in-process.js';
import { request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
import { until } from '../../support/until.js';

const HEALTH = request('health');
const HEALTHY = success('health');

let server: BusInProcess;

beforeEach(async () => {
  server = await BusInProcess.start();
  await server.streams.create('s');
});

afterEach(() => server.dispose());

it('answers what has been received, takes nothing more and closes', async () => {
  const release = server.holdWrites();
  const bus = await server.open();
  const idle = await server.open();
  expect(await idle.ask(HEALTH)).toBe(HEALTHY);
  bus.send(`${writeRequest('s', '1')}\n${HEALTH}\n{"operation":"hea`);
  await until(() => server.writes === 1);
  const stopped = server.server.stop(60_000);
  expect(await idle.remaining()).toEqual([]);
  await bus.sent(`lth"}\n${writeRequest('s', '2')}\n`);
  release();
  expect(await bus.remaining()).toEqual([success('write_event'), HEALTHY]);
  bus.end();
  idle.end();
  await stopped;
  expect(server.writes).toBe(1);
  expect(server.clock.pending).toBe(0);
});

it('does not take half a request for a whole one when its client goes', async () => {
  const release = server.holdWrites();
  const bus = await server.open();
  bus.send(`${writeRequest('s', '1')}\n{"operation":"hea`);
  await until(() => server.writes === 1);
  const stopped = server.server.stop(60_000);
  bus.end();
  // The server sees the end within a few turns of the event loop; were it later, the test would only prove less.
  let turns = 0;
  await until(() => ++turns === 20);
  release();
  expect(await bus.remaining()).toEqual([success('write_event')]);
  await stopped;
});

it('accepts nothing more', async () => {
  await server.server.stop(1000);
  const refused = connect(server.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

it('breaks what is still open when its time is over', async () => {
  server.holdWrites();
  const bus = await server.open();
  bus.send(`${writeRequest('s', '1')}\n`);
  await until(() => server.writes === 1);
  const stopped = server.server.stop(5000);
  server.clock.advance(4999);
  expect(server.server.connections).toBe(1);
  server.clock.advance(1);
  expect(await bus.remaining()).toEqual([]);
  await stopped;
  expect(server.server.connections).toBe(0);
});

it('does not wait for clients that leave their side open', async () => {
  const bus = await server.open();
  expect(await bus.ask(HEALTH)).toBe(HEALTHY);
  const stopped = server.server.stop(60_000);
  expect(await bus.remaining()).toEqual([]);
  await until(() => {
    server.clock.advance(100);
    return server.server.connections === 0;
  });
  await stopped;
});

it('can be called again, and before start', async () => {
  await Promise.all([server.server.stop(1000), server.server.stop(1000)]);
  expect(server.clock.pending).toBe(0);
});
