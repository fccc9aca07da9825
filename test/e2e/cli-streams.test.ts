import { EventBusClient } from '../../src/client/index.js';
import { runProgram } from '../../src/cli/program.js';
import { InlineCommandLine } from '../support/inline-command-line.js';
import { ServerProcess } from '../support/server-process.js';
import { TestTerminal } from '../support/test-terminal.js';

const CREDENTIALS = { clientId: 'cli', clientSecret: 'cli-secret' };
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Digits that a double does not hold. */
const PRECISE = '{"b":12345678901234567890.10,"a":"ü"}';

let server: ServerProcess;
let grpcAddress: string;
let tcpAddress: string;
let cli: InlineCommandLine;

beforeAll(async () => {
  server = ServerProcess.spawn({
    environment: {
      WAYBILL_CLIENTS: `${CREDENTIALS.clientId}:${CREDENTIALS.clientSecret}`,
      WAYBILL_TCP_ADDRESS: '127.0.0.1:0',
    },
  });
  const ready = await server.ready();
  [, grpcAddress = ''] = /grpc ([^\s,]+)/.exec(ready) ?? [];
  [, tcpAddress = ''] = /tcp ([^\s,]+)/.exec(ready) ?? [];
  cli = new InlineCommandLine(grpcAddress);
});

afterAll(() => server.dispose());

/** The flags that choose a transport. */
function via(transport: 'gRPC' | 'TCP'): readonly string[] {
  const { clientId, clientSecret } = CREDENTIALS;
  return transport === 'gRPC' ? [] : ['--tcp', tcpAddress, '--client-id', clientId, '--client-secret', clientSecret];
}

describe.each(['gRPC', 'TCP'] as const)('waybill stream by %s', (transport) => {
  let flags: readonly string[];
  /** A name that no other test uses. */
  let name: string;
  let tests = 0;

  beforeEach(() => {
    flags = via(transport);
    name = `${transport} stream ${++tests} > *`;
  });

  const run = (command: string, ...args: string[]) => cli.run([`stream ${command}`, ...args, ...flags]);
  const records = (command: string, ...args: string[]) => cli.records([`stream ${command}`, ...args, ...flags]);

  async function writtenIds(...events: string[]): Promise<string[]> {
    await records('create', name);
    for (const event of events) await records('write', name, event);
    return (await records('events', name)).map(({ id }) => String(id));
  }

  test('creates, shows and deletes a stream', async () => {
    const created = await run('create', name);
    expect(created).toEqual({
      exitCode: 0,
      lines: [expect.stringMatching(new RegExp(`^created .* with the id ${UUID}$`))],
      stderr: '',
    });
    const id = created.lines[0]?.slice(-36);
    const [stream] = await records('info', name);
    expect(stream).toMatchObject({ id, name, createTime: expect.stringMatching(/^\d{4}-.*Z$/) });
    const shown = (await run('info', name)).lines.map((line) => line.split('\t').slice(0, 3));
    expect(shown).toEqual([[name, id, stream?.['createTime']]]);
    expect(await run('delete', name)).toMatchObject({ exitCode: 0, lines: [`deleted ${name}`] });
    const { exitCode, lines, stderr } = await run('info', name);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: stream '.*' not found \[[^\n]+\]\n$/);
  });

  test('writes an event and lists it byte for byte', async () => {
    await records('create', name);
    expect(await run('write', name, PRECISE)).toMatchObject({
      exitCode: 0,
      lines: [expect.stringMatching(/^written/)],
    });
    await cli.records(['stream write', name, ...flags], '[\n1,\n2]\n');
    const listed = await run('events', name, '--json');
    const event = `{"id":"${UUID}","streamId":"${UUID}","status":"unprocessed","createTime":"[^"]+","body":`;
    expect(listed.lines).toEqual([
      expect.stringMatching(new RegExp(`^${event}${PRECISE.replaceAll(/[.{}]/g, '\\$&')}}$`)),
      expect.stringMatching(new RegExp(`^${event}\\[ ?1, ?2\\] ?}$`)),
    ]);
    const { lines } = await run('events', name);
    expect(lines[0]?.split('\t')).toEqual([
      expect.stringMatching(UUID),
      'unprocessed',
      expect.any(String),
      String(Buffer.byteLength(PRECISE)),
      PRECISE,
    ]);
  });

  test('writes each line of standard input, and fails for those that are no JSON', async () => {
    await records('create', name);
    const numbers = Array.from({ length: 1500 }, (_, index) => String(index));
    const all = await cli.run(['stream write', name, '-', ...flags], `${numbers.join('\n')}\r\n\n`);
    expect(all).toEqual({ exitCode: 0, lines: ['wrote 1500 events'], stderr: '' });
    const listed = await records('events', name, '--limit', '2000');
    expect(listed.map(({ body }) => String(body))).toEqual(numbers);
    const some = await cli.run(['stream write', name, '-', ...flags], '"a"\n{\n"b"');
    expect(some).toMatchObject({ exitCode: 1, lines: ['wrote 2 events, 1 failed'] });
    expect(some.stderr).toMatch(/^waybill: [^\n]*not one JSON value[^\n]*\n$/);
    const last = await records('events', name, '--limit', '5', '--after', String(listed.at(-1)?.['id']));
    expect(last.map(({ body }) => body)).toEqual(['a', 'b']);
  });

  test('marks events, and lists those to process and to try again', async () => {
    const [one = '', two = '', three = '', four = ''] = await writtenIds('1', '2', '3', '4');
    expect(await run('mark', one, two, 'processed')).toEqual({
      exitCode: 0,
      lines: ['marked 2 processed'],
      stderr: '',
    });
    expect(await records('mark', three, '2')).toEqual([{ id: three, status: 'retry' }]);
    expect((await records('process', name)).map(({ id }) => id)).toEqual([four]);
    expect((await records('retry', name)).map(({ id, status }) => [id, status])).toEqual([[three, 'retry']]);
    await run('mark', one, '0');
    expect((await records('process', name, '--limit', '1')).map(({ body }) => body)).toEqual([1]);
    expect((await records('process', name, '--after', one)).map(({ body }) => body)).toEqual([4]);
    const missing = await run('mark', two, '1b78ca67-d916-4059-a299-1ebf49664eb2', 'retry');
    expect(missing).toMatchObject({ exitCode: 1, lines: ['marked 1 retry, 1 not'] });
    expect(missing.stderr).toContain("event '1b78ca67-d916-4059-a299-1ebf49664eb2' not found");
  });

  test('takes events under a lease that keeps them from others', async () => {
    const ids = await writtenIds('1', '2', '3');
    const taken = await run('process', name, '--lease', '1h', '--limit', '2');
    expect(taken).toMatchObject({ exitCode: 0, lines: [expect.any(String), expect.any(String)] });
    expect(taken.stderr).toMatch(new RegExp(`^under lease ${UUID} until \\d{4}-[^\\n]+Z\\n$`));
    const rest = await records('process', name, '--lease', '1h');
    expect(rest).toMatchObject([{ id: ids[2], lease: { id: expect.stringMatching(UUID) } }]);
    expect(await records('process', name, '--lease', '1h')).toEqual([]);
    const [{ lease: otherLease } = {}] = rest as readonly { readonly lease?: { readonly id: string } }[];
    const lost = await run('mark', '--lease-id', otherLease?.id ?? '', ids[0] ?? '', '1');
    expect(lost).toMatchObject({ exitCode: 1, lines: ['marked 0 processed, 1 not'] });
    const [, leaseId = ''] = /lease (\S+)/.exec(taken.stderr) ?? [];
    expect((await run('mark', '--lease-id', leaseId, ids[0] ?? '', '1')).exitCode).toBe(0);
  });

  test.each([
    ['create', 'x'],
    ['write', 'x', '1'],
    ['events', 'x'],
    ['process', 'x', '--lease', '1m'],
    ['delete', 'x'],
  ])('says that the server cannot be reached: %s', async (...command) => {
    const flag = transport === 'gRPC' ? '--address' : '--tcp';
    const { exitCode, lines, stderr } = await cli.runBare(['stream', ...command, flag, '127.0.0.1:1']);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: the server cannot be reached: [^\n]*\n$/);
  });
});

describe('waybill stream', () => {
  test('lists streams by their beginning, with what is only told by gRPC', async () => {
    await cli.records(['stream create', 'listed.b', '--ttl', '90s']);
    await cli.records(['stream create', 'listed.a', '--ttl', '0']);
    const listed = await cli.records(['stream list', 'listed.']);
    expect(listed).toMatchObject([
      { name: 'listed.a', subject: '$streams.listed.a' },
      { name: 'listed.b', eventTtl: '90s' },
    ]);
    expect(Object.hasOwn(listed[0] ?? {}, 'eventTtl')).toBe(false);
    const { lines } = await cli.run(['stream list', 'listed.', '--limit', '1']);
    expect(lines.map((line) => line.split('\t').slice(3))).toEqual([['until deleted', '$streams.listed.a']]);
  });

  test('creates a stream over TCP with the life of events that is asked for', async () => {
    await cli.records(['stream create', 'short', '--ttl', '90s', ...via('TCP')]);
    expect(await cli.records(['stream info', 'short'])).toMatchObject([{ name: 'short', eventTtl: '90s' }]);
  });

  test.each([
    [['list'], 'the TCP protocol has no operation that lists streams'],
    [['create', 'x', '--ttl', '10ms'], 'whole seconds'],
    [['process', 'x', '--lease', '1500ms'], 'whole seconds'],
  ])('says what cannot be done over TCP: %j', async ([command = '', ...args], message) => {
    const { exitCode, lines, stderr } = await cli.run([`stream ${command}`, ...args, ...via('TCP')]);
    expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
    expect(stderr).toContain(message);
  });

  test.each([
    [['mark', 'x', '3'], '"3" is no status'],
    [['mark', '1'], 'give the ids of events'],
    [['process', 'x', '--lease', 'long'], 'Not a duration'],
    [['events', 'x', '--tcp', 'nowhere'], 'Not an address'],
    [['events', 'x', '--limit', '0'], 'Must be at least 1.'],
  ])('called wrongly as %j it says so and exits with 2', async (args, message) => {
    const { exitCode, lines, stderr } = await cli.runBare(['stream', ...args]);
    expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
    expect(stderr).toContain(message);
  });

  test('tells who is not known, without the secret', async () => {
    const wrong = ['--tcp', tcpAddress, '--client-id', 'cli', '--client-secret', 'pa55word'];
    const { exitCode, stderr } = await cli.run(['stream info', 'x', ...wrong]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'waybill: unauthorized to make request [get_stream_info]\n',
    });
  });

  test('asks on a terminal before it deletes', async () => {
    await cli.records(['stream create', 'kept']);
    const client = await EventBusClient.connect({ address: tcpAddress, credentials: CREDENTIALS });
    const remove = async (answer: string, ...args: string[]) => {
      const terminal = new TestTerminal();
      terminal.input.push(answer);
      const command = ['stream', 'delete', 'kept', '--address', grpcAddress, ...args];
      const exitCode = await runProgram(command, { serve: async () => 1, terminal });
      return { exitCode, output: terminal.outputText, notices: terminal.noticesText };
    };
    try {
      for (const answer of ['\n', 'no\n']) {
        const kept = await remove(answer);
        expect(kept).toMatchObject({ exitCode: 1, output: '' });
        expect(kept.notices).toContain('delete the stream kept and its events? [y/N]');
        expect(kept.notices).toContain('nothing was deleted');
      }
      await client.getStreamInfo('kept');
      expect(await remove('y\n')).toMatchObject({ exitCode: 0, output: 'deleted kept\n' });
      await client.createStream('kept');
      expect(await remove('', '--yes')).toEqual({ exitCode: 0, output: 'deleted kept\n', notices: '' });
    } finally {
      client.close();
    }
  });
});

describe('waybill stream on a server that asks who calls', () => {
  let asking: ServerProcess;
  let toAsking: InlineCommandLine;

  beforeAll(async () => {
    const { clientId, clientSecret } = CREDENTIALS;
    asking = ServerProcess.spawn({
      environment: {
        WAYBILL_AUTH: 'required',
        WAYBILL_CLIENTS: `${clientId}:${clientSecret}`,
        WAYBILL_TCP_ADDRESS: 'off',
      },
    });
    const [, address = ''] = /grpc ([^\s,]+)/.exec(await asking.ready()) ?? [];
    toAsking = new InlineCommandLine(address);
  });

  afterAll(() => asking.dispose());

  test('works for the client that is named', async () => {
    const known = ['--client-id', CREDENTIALS.clientId, '--client-secret', CREDENTIALS.clientSecret];
    await toAsking.records(['stream create', 'orders', ...known]);
    await toAsking.records(['stream write', 'orders', '1', ...known]);
    expect(await toAsking.records(['stream process', 'orders', ...known])).toMatchObject([{ body: 1 }]);
  });

  test.each([[[]], [['--client-id', 'cli', '--client-secret', 'pa55word']]])('refuses %j', async (flags) => {
    for (const command of [['create', 'x'], ['list'], ['mark', 'x', '1']]) {
      const [name = '', ...args] = command;
      const { exitCode, stderr } = await toAsking.run([`stream ${name}`, ...args, ...flags]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^waybill: [^\n]*\[CREDENTIALS_INVALID[^\n]*\]\n$/);
      expect(stderr).not.toContain('pa55word');
    }
  });
});
