import { once } from 'node:events';
import { connect } from 'node:net';
import { BrokerError } from '../../../src/core/errors.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { BusInProcess, IDLE_MS } from '../../support/bus-in-process.js';
import { failure, request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../support/raw-bus.js';
import { until } from '../../support/until.js';

const MIB = 1024 * 1024;
const HEALTH = request('health');
const HEALTHY = success('health');

let server: BusInProcess;

afterEach(() => server.dispose());

/** Lets the idle time pass in the steps in which the server looks. */
function passIdleTime(part = 1): void {
  for (let step = 0; step < 8 * part; step++) server.clock.advance(IDLE_MS / 8);
}

/** A stream with this many events of 100 KiB. */
async function fill(count: number): Promise<void> {
  await server.streams.create('big');
  const event = Buffer.from(JSON.stringify('x'.repeat(100 * 1024)));
  for (let index = 0; index < count; index++) await server.streams.write('big', event);
}

/** Asks for much and reads nothing of it, until nothing more goes to the network. */
async function clog(bus: RawBus): Promise<void> {
  bus.stopReading();
  const list = `${request('get_stream_events', { stream_name: 'big' })}\n`;
  await bus.sent(list.repeat(100));
}

describe('an overlong line', () => {
  it('is refused before it has ended, and the next line is answered', async () => {
    server = await BusInProcess.start({ maxLineBytes: 1000 });
    const bus = await server.open();
    bus.send('x'.repeat(1002));
    const refused = failure('decode_request', 'request line is longer than 1000 bytes');
    expect((await bus.line()).toString()).toBe(refused);
    bus.send('x'.repeat(3 * MIB));
    expect(await bus.ask(`\n${HEALTH}`)).toBe(HEALTHY);
  });
});

describe('an idle connection', () => {
  it('is closed', async () => {
    server = await BusInProcess.start();
    const bus = await server.open();
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    passIdleTime(0.5);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    passIdleTime(0.5);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    passIdleTime();
    expect(await bus.lineOrEnd()).toBeUndefined();
  });

  it('is closed although bytes of a request keep dripping in', async () => {
    server = await BusInProcess.start();
    const bus = await server.open();
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    for (let step = 0; step < 10; step++) {
      await bus.sent('x');
      passIdleTime(0.125);
    }
    expect(await bus.lineOrEnd()).toBeUndefined();
  });

  it('is not one that waits for its answer', async () => {
    server = await BusInProcess.start();
    await server.streams.create('s');
    const release = server.holdWrites();
    const bus = await server.open();
    bus.send(`${writeRequest('s', '1')}\n`);
    await until(() => server.writes === 1);
    passIdleTime(3);
    release();
    expect((await bus.line()).toString()).toBe(success('write_event'));
  });

  it('stays open when there is no such limit', async () => {
    server = await BusInProcess.start({ idleTimeoutMs: 0 });
    const bus = await server.open();
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
    passIdleTime(100);
    expect(await bus.ask(HEALTH)).toBe(HEALTHY);
  });
});

describe('a client that does not read', () => {
  it('costs a bounded amount of memory, and gets everything once it reads', async () => {
    server = await BusInProcess.start();
    await fill(50);
    let reads = 0;
    const read = server.streams.read.bind(server.streams);
    server.streams.read = (...args) => {
      reads++;
      return read(...args);
    };
    const bus = await server.open();
    await clog(bus);
    // Nothing moves any more while another connection is served again and again.
    const other = await server.open();
    for (let quiet = 0, seen = 0; quiet < 20; quiet = seen === reads ? quiet + 1 : 0) {
      seen = reads;
      expect(await other.ask(HEALTH)).toBe(HEALTHY);
    }
    // A list is five pages and more; a hundred lists would be 500.
    expect(reads).toBeLessThan(50);
    bus.readAgain();
    for (let list = 0; list < 100; list++) expect((await bus.line()).length).toBeGreaterThan(50 * 100 * 1024);
  });

  it('is closed when it does not read for the idle time', async () => {
    server = await BusInProcess.start();
    await fill(200);
    await clog(await server.open());
    await until(() => {
      passIdleTime();
      return server.server.connections === 0;
    });
  });

  it('is not asked for more requests once its answers are too many', async () => {
    let handled = 0;
    server = await BusInProcess.start({
      observer: { connectionOpened() {}, connectionClosed() {}, requestHandled: () => handled++ },
    });
    const bus = await server.open();
    bus.stopReading();
    // Each answer is about eighty times as long as its request.
    bus.send('{}\n'.repeat(MIB));
    await until(() => handled > 0);
    const other = await server.open();
    for (let quiet = 0, seen = handled; quiet < 20; quiet = seen + 1 === handled ? quiet + 1 : 0) {
      seen = handled;
      expect(await other.ask(HEALTH)).toBe(HEALTHY);
    }
    expect(handled).toBeLessThan(MIB / 8);
  });
});

it('breaks the connection when a list cannot be completed, and serves the others', async () => {
  const warnings: string[] = [];
  server = await BusInProcess.start({
    logger: { ...NO_LOGGER, warn: (_fields, message) => warnings.push(message) },
  });
  await fill(30);
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
  expect(await (await server.open()).ask(HEALTH)).toBe(HEALTHY);
});

it('answers with the reason when the first page of a list cannot be read', async () => {
  server = await BusInProcess.start();
  await fill(1);
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

it('stops reading a list for a client that has gone', async () => {
  server = await BusInProcess.start();
  await fill(200);
  let pages = 0;
  const read = server.streams.read.bind(server.streams);
  server.streams.read = (...args) => {
    pages++;
    return read(...args);
  };
  const bus = await server.open();
  await clog(bus);
  await until(() => pages > 0);
  bus.break();
  await until(() => server.server.connections === 0);
  const after = pages;
  expect(await (await server.open()).ask(HEALTH)).toBe(HEALTHY);
  expect(pages).toBeLessThanOrEqual(after + 1);
});

describe('connections', () => {
  it.each(['maxConnections', 'maxConnectionsPerAddress'])('are bounded by %s', async (limit) => {
    const limits = { maxConnections: 0, maxConnectionsPerAddress: 0, [limit]: 1 };
    server = await BusInProcess.start({ limits });
    const first = await server.open();
    expect(await first.ask(HEALTH)).toBe(HEALTHY);
    const refused = connect(server.port, '127.0.0.1');
    refused.on('error', () => {});
    await once(refused.resume(), 'close');
    await first.dispose();
    await until(() => server.server.connections === 0);
    expect(await (await server.open()).ask(HEALTH)).toBe(HEALTHY);
  });

  it('are told to the observer with their requests', async () => {
    const seen: unknown[] = [];
    server = await BusInProcess.start({
      observer: {
        connectionOpened: () => seen.push('opened'),
        connectionClosed: () => seen.push('closed'),
        requestHandled: (operation, outcome) => seen.push([operation, outcome]),
      },
    });
    const bus = await server.open();
    await bus.ask(HEALTH);
    await bus.ask('nonsense');
    await bus.ask(request('write_event', { stream_name: 'none' }));
    await bus.dispose();
    await until(() => seen.includes('closed'));
    expect(seen).toEqual([
      'opened',
      ['health', 'ok'],
      ['decode_request', 'failed'],
      ['write_event', 'failed'],
      'closed',
    ]);
  });
});
