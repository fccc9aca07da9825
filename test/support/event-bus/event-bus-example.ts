import { LineProcess } from '../line-process.js';
import { BusServer } from './bus-server.js';
import { request, success } from './bus-requests.js';

/**
 * The event-bus program of `examples/` does and prints the same in every language, with the ten operations of a client
 * of the original server.
 *
 * @param command what to spawn
 */
export function describeEventBusExample(command: readonly [program: string, ...args: string[]]): void {
  let server: BusServer;
  let program: LineProcess | undefined;

  beforeEach(async () => {
    server = await BusServer.start('--storage', 'memory');
  });

  afterEach(async () => {
    await program?.dispose();
    program = undefined;
    await server.dispose();
  });

  function run(environment: Readonly<Record<string, string>>, ...args: readonly string[]): LineProcess {
    program = new LineProcess([...command, ...args], {
      environment: { WAYBILL_TCP_ADDRESS: server.address, ...environment },
    });
    return program;
  }

  it('uses every operation of the event bus', async () => {
    const events = ['{"order":1}', '"<grüne> & Äpfel"', '12345678901234567890', 'null'];
    expect(await run({}, 'orders *.>', ...events).finished()).toEqual([
      'created orders *.> true',
      'to process 4',
      ...events.map((event) => `  status 0: ${event}`),
      'to retry 2',
      '  status 2: "<grüne> & Äpfel"',
      '  status 2: null',
      'all 4',
      ...events.map((event) => `  status 1: ${event}`),
      "after it was deleted: stream 'orders *.>' not found",
    ]);
  });

  it('tells the reason of an error', async () => {
    const refused = run({ WAYBILL_CLIENT_SECRET: 'wrong' }, 'orders');
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr).toContain('failed: unauthorized to make request');

    const bus = await server.open();
    await bus.ask(request('create_stream', { stream_name: 'orders' }));
    const again = run({}, 'orders');
    expect(await again.exitCode()).toBe(1);
    expect(again.stderr).toContain("failed: stream: 'orders' already exists");
    expect(await bus.ask(request('health'))).toBe(success('health'));
  });
}
