import { once } from 'node:events';
import { connect } from 'node:net';
import { BusInProcess, IDLE_MS } from '../../support/bus-in-process.js';
import { failure, request, success, writeRequest } from '../../support/event-bus/bus-requests.js';
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

it('says in one line which address cannot be listened on', async () => {
  server = await BusInProcess.start();
  await expect(BusInProcess.start({ address: server.address })).rejects.toMatchObject({
    reason: 'ARGUMENT_INVALID',
    message: `the TCP address ${server.address} is in use by another process`,
  });
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
