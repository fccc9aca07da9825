import { CommandLine } from '../support/command-line.js';
import { DurableServer } from '../support/durable-server.js';
import { ServerProcess } from '../support/server-process.js';

let server: ServerProcess;
let cli: CommandLine;

beforeAll(async () => {
  server = ServerProcess.spawn();
  const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
  cli = new CommandLine(address);
});

afterEach(() => cli.dispose());

afterAll(() => server.dispose());

/** The bodies of all messages of a subject, oldest first. */
async function stored(subject: string): Promise<readonly unknown[]> {
  return (await cli.records(['list', subject])).map(({ body }) => body);
}

describe('waybill publish', () => {
  test('publishes its argument with headers and a life', async () => {
    const args = ['--header', 'kind: created', '--header', 'region:eu', '--ttl', '90s'];
    expect(await cli.run(['publish', 'one.argument', 'hello', ...args])).toEqual({
      exitCode: 0,
      lines: ['one.argument #1'],
      stderr: '',
    });
    const [message] = await cli.records(['fetch', 'one.argument', '1']);
    expect(message).toMatchObject({ id: 1, body: 'hello', headers: { kind: 'created', region: 'eu' } });
    const { publishTime, expireTime } = message as { publishTime: string; expireTime: string };
    expect(Date.parse(expireTime) - Date.parse(publishTime)).toBe(90_000);
  });

  test('publishes all of standard input as one body', async () => {
    await cli.records(['publish', 'one.input'], 'first\nsecond\n');
    expect(await stored('one.input')).toEqual(['first\nsecond\n']);
  });

  test('publishes each line of standard input', async () => {
    const { lines } = await cli.run(['publish', 'many.lines', '-'], 'a\nb\r\n\nc');
    expect(lines).toEqual(['published 4 messages']);
    expect(await stored('many.lines')).toEqual(['a', 'b', '', 'c']);
  });

  test('counts in subject, body, header and key', async () => {
    const template = ['many.count.{{Count}}', 'body {{Count}}', '--header', 'n:{{Count}}', '--key', 'k{{Count}}'];
    const records = await cli.records(['publish', ...template, '--count', '3']);
    expect(records).toEqual([1, 2, 3].map((n) => ({ subject: `many.count.${n}`, id: 1, duplicate: false })));
    const [third] = await cli.records(['fetch', 'many.count.3', '1']);
    expect(third).toMatchObject({ body: 'body 3', headers: { n: '3' } });
  });

  test('answers the first id when a key comes again', async () => {
    const publish = ['publish', 'keyed', 'same', '--key', 'once'];
    expect((await cli.run(publish)).lines).toEqual(['keyed #1']);
    expect((await cli.run(publish)).lines).toEqual(['keyed #1 (published before with this key)']);
    expect(await cli.records(publish)).toMatchObject([{ id: 1, duplicate: true }]);
    const again = await cli.run([...publish, '--count', '3']);
    expect(again.lines).toEqual(['published 0 messages, 3 published before with their key']);
    expect(await stored('keyed')).toEqual(['same']);
  });

  test('fails with the reason when the last id is another one', async () => {
    const publish = ['publish', 'expecting', 'x', '--expect-last-id', '0'];
    expect((await cli.run(publish)).exitCode).toBe(0);
    const { exitCode, lines, stderr } = await cli.run(publish);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: [^\n]*\[EXPECTED_ID_MISMATCH [^\n]*\]\n$/);
  });

  test('publishes what can be, and fails, when some of many are refused', async () => {
    const { exitCode, lines, stderr } = await cli.run(
      ['publish', 'some.refused', '-', '--expect-last-id', '0'],
      'a\nb',
    );
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: ['published 1 messages, 1 refused'] });
    expect(stderr).toContain('EXPECTED_ID_MISMATCH');
    expect(await stored('some.refused')).toEqual(['a']);
  });
});

describe('waybill subscribe', () => {
  test('shows what is stored under a pattern and ends', async () => {
    for (const subject of ['tree.eu.created', 'tree.us.created', 'tree.us']) {
      await cli.records(['publish', subject, subject]);
    }
    const shown = await cli.records(['subscribe', 'tree.*.created', '--from', 'earliest', '--until-head']);
    expect(shown.map(({ subject, id, body }) => JSON.stringify([subject, id, body])).toSorted()).toEqual([
      '["tree.eu.created",1,"tree.eu.created"]',
      '["tree.us.created",1,"tree.us.created"]',
    ]);
  });

  test('shows what is published and ends after so many', async () => {
    const subscriber = cli.start(['subscribe', 'live', '--count', '2', '--json']);
    await subscriber.complained('subscribed');
    await cli.run(['publish', 'live', '{{Count}}', '--count', '3']);
    const lines = await subscriber.finished();
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2]);
  });

  test('tells the cursor that goes on after the last message', async () => {
    await cli.run(['publish', 'resumed', '{{Count}}', '--count', '5']);
    const first = await cli.run(['subscribe', 'resumed', '--from', 'earliest', '--count', '2', '--raw']);
    expect(first.lines).toEqual(['1', '2']);
    const [, cursor = ''] = /--from (cursor:\S+)/.exec(first.stderr) ?? [];
    const second = await cli.run(['subscribe', 'resumed', '--from', cursor, '--until-head', '--raw']);
    expect(second.lines).toEqual(['3', '4', '5']);
  });

  test('goes on without a gap after the server was killed and started again', async () => {
    const killed = await DurableServer.start();
    const toKilled = new CommandLine(killed.address);
    try {
      const subscriber = toKilled.start(['subscribe', 'kept.>', '--from', 'earliest', '--count', '6', '--json']);
      await subscriber.complained('subscribed');
      await toKilled.run(['publish', 'kept.a', '{{Count}}', '--count', '3']);
      await subscriber.printed(/"id":3,/);
      await killed.end('SIGKILL');
      await subscriber.complained('reconnecting');
      await killed.restart();
      await toKilled.run(['publish', 'kept.a', '{{Count}}', '--count', '3']);
      const lines = await subscriber.finished();
      expect(lines.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2, 3, 4, 5, 6]);
    } finally {
      await toKilled.dispose();
      await killed.dispose();
    }
  });
});

describe('looking at what is stored', () => {
  beforeAll(() => cli.records(['publish', 'shelf', 'book {{Count}}', '--count', '5']));

  test('fetches one message', async () => {
    const { exitCode, lines } = await cli.run(['fetch', 'shelf', '2']);
    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [expect.stringMatching(/^shelf #2 \d{4}-/), 'book 2'] });
  });

  test('fails with the reason when there is no such message', async () => {
    const { exitCode, lines, stderr } = await cli.run(['fetch', 'shelf', '6']);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: [^\n]*\[MESSAGE_NOT_FOUND[^\n]*\]\n$/);
  });

  test('lists messages, newest first when asked', async () => {
    const { lines } = await cli.run(['list', 'shelf', '--backwards', '--count', '2']);
    expect(lines.map((line) => line.split('\t'))).toEqual([
      ['5', expect.any(String), '6', 'book 5'],
      ['4', expect.any(String), '6', 'book 4'],
    ]);
    expect((await cli.records(['list', 'shelf', '--from', '4'])).map(({ id }) => id)).toEqual([4, 5]);
  });

  test('lists subjects by their beginning', async () => {
    await cli.records(['publish', 'shelf.upper', 'x']);
    const subjects = await cli.records(['subjects', 'shelf']);
    expect(subjects).toMatchObject([
      { name: 'shelf', firstId: 1, lastId: 5, messages: 5, subscribers: 0 },
      { name: 'shelf.upper', firstId: 1, lastId: 1, messages: 1 },
    ]);
  });
});

test('waybill purge removes only with --execute', async () => {
  await cli.records(['publish', 'old', '{{Count}}', '--count', '4']);
  const purge = ['purge', 'old', '--keep-last', '1'];
  const dryRun = await cli.run(purge);
  expect(dryRun).toMatchObject({ exitCode: 0, lines: [expect.stringMatching(/^would remove 3 messages, \d+ bytes/)] });
  expect(dryRun.stderr).toContain('add --execute');
  expect(await stored('old')).toHaveLength(4);
  expect(await cli.records([...purge, '--execute'])).toMatchObject([{ messages: 3, firstId: 4, executed: true }]);
  expect(await stored('old')).toEqual(['4']);
});

test('waybill info tells storage, health and limits', async () => {
  expect(await cli.records(['info'])).toMatchObject([
    {
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      health: 'SERVING',
      storage: { name: 'memory', durability: 'none' },
      limits: { maxMessageBytes: 1024 * 1024 },
    },
  ]);
});

test('waybill config hides passwords', async () => {
  const flags = ['--tracing', 'otlp', '--tracing-endpoint', 'https://tracer:pa55word@collector:4318'];
  const { exitCode, lines, stderr } = await cli.runBare(['config', ...flags]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(lines).toContain('tracing.endpoint\thttps://tracer:(hidden)@collector:4318\t--tracing-endpoint');
  expect(lines.join('\n')).not.toContain('pa55word');
});

test.each(['publish', 'stream', 'subscribe', 'fanout'])('waybill bench %s measures and cleans up', async (scenario) => {
  const [result] = await cli.records([`bench ${scenario}`, '--count', '500', '--clients', '2', '--batch', '50']);
  expect(result).toMatchObject({ bench: scenario, clients: 2 });
  const { messages, messagesPerSecond } = result as { messages: number; messagesPerSecond: number };
  expect(messages).toBeGreaterThanOrEqual(500);
  expect(messagesPerSecond).toBeGreaterThan(0);
  const left = await cli.records(['subjects', 'bench.']);
  expect(left.filter(({ messages: kept }) => kept !== 0)).toEqual([]);
});

test.each([
  [['subscrib', 'a'], 'Did you mean subscribe?'],
  [['fetch', 'a', '0'], 'Must be at least 1.'],
  [['purge', 'a'], 'give exactly one of'],
])('called wrongly as %j it says so and exits with 2', async (args, message) => {
  const { exitCode, lines, stderr } = await cli.runBare(args);
  expect({ exitCode, lines }).toEqual({ exitCode: 2, lines: [] });
  expect(stderr).toContain(message);
});

test.each([[['info']], [['publish', 'a', 'b']], [['subscribe', 'a']], [['publish', 'a', 'b', '--count', '9']]])(
  '%j says in one line that the server cannot be reached and exits with 1',
  async (args) => {
    const { exitCode, lines, stderr } = await cli.runBare([...args, '--address', '127.0.0.1:1']);
    expect({ exitCode, lines }).toEqual({ exitCode: 1, lines: [] });
    expect(stderr).toMatch(/^waybill: the server cannot be reached: [^\n]*\n$/);
  },
);
