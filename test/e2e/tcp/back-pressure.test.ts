import { BusInProcess, IDLE_MS } from '../../support/bus-in-process.js';
import { request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../support/raw-bus.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const HEALTH = request('health');
const HEALTHY = success('health');

let server: BusInProcess;

afterEach(() => server.dispose());

/** Events that are much more together than the buffers of the network hold. */
const MANY = 400;

/** Asks for all of them and reads nothing. */
async function clog(bus: RawBus): Promise<void> {
  bus.stopReading();
  await bus.sent(`${request('get_stream_events', { stream_name: 'big' })}\n`);
}

/** Counts the pages that are read. */
function countPages(): () => number {
  let pages = 0;
  const read = server.streams.read.bind(server.streams);
  server.streams.read = (...args) => {
    pages++;
    return read(...args);
  };
  return () => pages;
}

/** Resolves when `count` stays the same while another connection is served again and again. */
async function standstill(count: () => number): Promise<void> {
  await until(() => count() > 0);
  const other = await server.open();
  for (let quiet = 0, seen = count(); quiet < 20; quiet++) {
    expect(await other.ask(HEALTH)).toBe(HEALTHY);
    if (seen !== count()) quiet = 0;
    seen = count();
  }
  await other.dispose();
}

describe('a client that does not read', () => {
  it('costs a bounded amount of memory, and gets everything once it reads', async () => {
    server = await BusInProcess.start();
    await server.fill(MANY);
    const pages = countPages();
    const bus = await server.open();
    await clog(bus);
    await standstill(pages);
    expect(pages()).toBeLessThan(MANY / 10 / 2);
    bus.readAgain();
    expect((await bus.line()).length).toBeGreaterThan(MANY * 100 * 1024);
  });

  it('is closed when it does not read for the idle time', async () => {
    server = await BusInProcess.start();
    await server.fill(MANY);
    await clog(await server.open());
    await until(() => {
      server.clock.advance(IDLE_MS / 4);
      return server.server.connections === 0;
    });
  });

  it('is not asked for more requests once its answers are too many', async () => {
    let handled = 0;
    server = await BusInProcess.start({
      observer: {
        connectionOpened() {},
        connectionClosed() {},
        requestHandled: (operation) => (handled += operation === 'decode_request' ? 1 : 0),
      },
    });
    const bus = await server.open();
    bus.stopReading();
    // Each answer is about eighty times as long as its request.
    bus.send('{}\n'.repeat(MIB));
    await standstill(() => handled);
    expect(handled).toBeLessThan(MIB / 8);
  });
});

it('leaves in the network what a client sends faster than it is written', async () => {
  server = await BusInProcess.start();
  await server.streams.create('s');
  const release = server.holdWrites();
  const bus = await server.open();
  const megabyte = `${writeRequest('s', JSON.stringify('x'.repeat(1023)))}\n`.repeat(850);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 64; sent++) await bus.sent(megabyte);
  })();
  await standstill(() => sent);
  expect(sent).toBeLessThan(32);
  expect(server.writes).toBeLessThanOrEqual(1024);
  release();
  expect((await bus.lines(64 * 850)).length).toBe(64 * 850);
  await sending;
});

it('stops reading a list for a client that has gone', async () => {
  server = await BusInProcess.start();
  await server.fill(MANY);
  const pages = countPages();
  const bus = await server.open();
  await clog(bus);
  await standstill(pages);
  bus.break();
  await until(() => server.server.connections === 0);
  expect(await (await server.open()).ask(HEALTH)).toBe(HEALTHY);
  expect(pages()).toBeLessThan(MANY / 10 / 2);
});
