import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../src/client/index.js';
import { LineProcess } from './line-process.js';
import { ServerProcess } from './server-process.js';

export type ExampleName = 'publish-and-fetch' | 'publish-stream' | 'subscribe' | 'original-contract' | 'event-stream';

/** What to spawn for an example. */
export type ExampleCommand = (example: ExampleName) => readonly [program: string, ...args: string[]];

/**
 * The programs of `examples/` do and print the same in every language; so one description tests them all, against a
 * server process on the embedded storage.
 */
export function describeExamples(command: ExampleCommand): void {
  let folder: string;
  let server: ServerProcess;
  let address: string;
  let client: WaybillClient;
  const programs: LineProcess[] = [];

  async function startServer(grpcAddress: string): Promise<void> {
    const flags = ['--storage', 'embedded', '--embedded-path', join(folder, 'data'), '--grpc-address', grpcAddress];
    server = ServerProcess.spawn({ flags });
    [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
  }

  function run(example: ExampleName, ...args: readonly string[]): LineProcess {
    const program = new LineProcess([...command(example), ...args], { environment: { WAYBILL_ADDRESS: address } });
    programs.push(program);
    return program;
  }

  async function publish(subject: string, from: number, to: number): Promise<void> {
    for (let number = from; number <= to; number++) await client.publish({ subject, body: `job ${number}` });
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-examples-'));
    await startServer('127.0.0.1:0');
    client = connect({ address });
  });

  afterEach(async () => {
    for (const program of programs.splice(0)) await program.dispose();
    client.close();
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it('publishes and fetches', async () => {
    expect(await run('publish-and-fetch', 'orders.eu', 'tea', 'grüne Äpfel').finished()).toEqual([
      'published orders.eu 1',
      'published orders.eu 2',
      'fetched orders.eu 1: tea',
      'fetched orders.eu 2: grüne Äpfel',
    ]);
    const stored = await client.fetch('orders.eu', 2);
    expect(stored.body.toString()).toBe('grüne Äpfel');
    expect([...stored.headers]).toEqual([['content-type', 'text/plain']]);
  });

  it('tells the reason of an error', async () => {
    const refused = run('publish-and-fetch', 'orders.*', 'tea');
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr).toContain('failed: SUBJECT_INVALID: ');
  });

  it('publishes a stream of more messages than its credit', async () => {
    expect(await run('publish-stream', 'bulk', '20001').finished()).toEqual([
      'published 20001 messages, ids 1 to 20001',
    ]);
    expect((await client.fetch('bulk', 20_001)).body.toString()).toBe('20001');
  });

  it('uses the original contract', async () => {
    expect(await run('original-contract', 'greek', 'alpha', 'beta').finished()).toEqual([
      'published greek 1',
      'published greek 2',
      'received alpha',
      'received beta',
      'fetched greek 1: alpha',
      'fetched greek 2: beta',
      expect.stringMatching(/^fetch of an unknown id: INVALID_?ARGUMENT$/i),
    ]);
  });

  it('processes the events of a stream', async () => {
    const precise = '{"price":12345678901234567890.10}';
    expect(await run('event-stream', 'orders > 1', precise, '{"fails":true,"ü":1}', '[3]').finished()).toEqual([
      'created orders > 1',
      'wrote 3 events',
      `processed ${precise}`,
      'retry {"fails":true,"ü":1}',
      'processed [3]',
      '1 to try again',
    ]);
    for (let number = 4; number <= 28; number++) await client.streams.write('orders > 1', `{"number":${number}}`);
    const [found, wrote, ...rest] = await run('event-stream', 'orders > 1').finished();
    expect([found, wrote, rest.length, rest.at(-1)]).toEqual([
      'found orders > 1',
      'wrote 0 events',
      26,
      '1 to try again',
    ]);
    expect((await client.streams.process({ stream: 'orders > 1' })).events).toEqual([]);
    const [failed] = (await client.streams.retry({ stream: 'orders > 1' })).events;
    expect(failed?.body.toString()).toBe('{"fails":true,"ü":1}');
    const refused = run('event-stream', 'orders > 1', '{');
    expect(await refused.exitCode()).toBe(1);
    expect(refused.stderr).toContain('failed: EVENT_INVALID: ');
  });

  it('resumes without a gap after the server was killed, after it stopped, and after being killed itself', async () => {
    const cursorFile = join(folder, 'cursor');
    const restart = async (signal: NodeJS.Signals): Promise<void> => {
      server.kill(signal);
      await server.exited;
      await startServer(address);
    };

    await publish('jobs', 1, 10);
    const first = run('subscribe', 'jobs', cursorFile);
    await first.printed(/^jobs 10: /);
    await publish('jobs', 11, 20);
    await first.printed(/^jobs 20: /);

    await restart('SIGKILL');
    await publish('jobs', 21, 30);
    await first.printed(/^jobs 30: /);

    await restart('SIGTERM');
    await publish('jobs', 31, 40);
    await first.printed(/^jobs 40: /);

    expect(first.lines.filter((line) => line.startsWith('jobs '))).toEqual(jobs(1, 40));
    expect(first.lines.filter((line) => line === 'subscribed')).toHaveLength(3);
    // The killed server could say nothing, the stopping one did.
    expect(first.lines.filter((line) => line === 'reconnecting after DRAINING')).toHaveLength(1);

    await first.dispose();
    await publish('jobs', 41, 50);
    const second = run('subscribe', 'jobs', cursorFile);
    await second.printed(/^jobs 50: /);
    const resumed = second.lines.filter((line) => line.startsWith('jobs '));
    // It was killed at any moment: the frame that it had printed last may come again, never more.
    const begin = 51 - resumed.length;
    expect(resumed).toEqual(jobs(begin, 50));
    expect(begin).toBeGreaterThan(30);
    expect(begin).toBeLessThanOrEqual(41);
  });
}

function jobs(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `jobs ${from + index}: job ${from + index}`);
}
