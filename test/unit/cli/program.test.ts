import { runProgram } from '../../../src/cli/program.js';
import type { Config } from '../../../src/config/config.js';
import { TestTerminal } from '../../support/test-terminal.js';

interface Outcome {
  readonly exitCode: number;
  readonly terminal: TestTerminal;
  readonly served: readonly Config[];
}

async function run(
  argv: readonly string[],
  { input, serveCode = 0 }: { input?: string; serveCode?: number } = {},
): Promise<Outcome> {
  const terminal = new TestTerminal(input);
  const served: Config[] = [];
  const serve = async (config: Config): Promise<number> => {
    served.push(config);
    return serveCode;
  };
  return { exitCode: await runProgram(argv, { serve, terminal }), terminal, served };
}

describe('the waybill command', () => {
  test.each([
    [['serve', '--grpc-adress', 'x'], "error: unknown option '--grpc-adress'\n(Did you mean --grpc-address?)"],
    [['subscrib', 'a'], "error: unknown command 'subscrib'\n(Did you mean subscribe?)"],
    [['publish'], "error: missing required argument 'subject'"],
    [['fetch', 'a', '0'], "'0' is invalid for argument 'id'. Must be at least 1."],
    [['fetch', 'a', '1x'], "'1x' is invalid for argument 'id'. Not a whole number."],
    [['publish', 'a', 'b', '--ttl', '1w'], 'Not a duration such as 500ms, 90s or 7d.'],
    [['publish', 'a', 'b', '--header', 'novalue'], 'Not of the form name:value.'],
    [['subscribe', 'a', '--from', 'yesterday'], 'Not a time such as'],
    [['purge', 'a'], 'waybill: give exactly one of --all, --before-id, --before-time and --keep-last'],
    [['purge', 'a', '--all', '--before-id', '3'], 'waybill: give exactly one of'],
    [['info', '--address', 'nowhere'], 'address: "nowhere" is not an address'],
    [['info', '--tls-ca', 'does-not-exist.pem'], 'waybill: cannot read does-not-exist.pem'],
    [['health', 'a', '--admin', 'http://127.0.0.1:1'], 'waybill: --admin asks for the whole server'],
    [['health', '--admin', 'https://127.0.0.1:1'], 'waybill: --admin: the admin address speaks http:// only'],
    [['health', '--admin', 'nowhere'], 'waybill: --admin: "nowhere" is not a URL'],
    [['publish', 'a'], 'waybill: a body is needed, as an argument or on standard input'],
    [['publish', 'a', '-', '--count', '2'], '--count cannot be combined with lines'],
  ])('%j is a usage error', async (argv, message) => {
    const { exitCode, terminal } = await run(argv);
    expect(terminal.noticesText).toContain(message);
    expect(exitCode).toBe(2);
    expect(terminal.outputText).toBe('');
  });

  test('fails with one line and exit code 1 when the server cannot be reached', async () => {
    const { exitCode, terminal } = await run(['fetch', 'a', '1', '--address', '127.0.0.1:1']);
    expect(terminal.noticesText).toMatch(/^waybill: the server cannot be reached: .*ECONNREFUSED.*\n$/);
    expect(exitCode).toBe(1);
  });

  test('shows help and version on standard output', async () => {
    const help = await run(['subscribe', '--help']);
    expect(help.exitCode).toBe(0);
    expect(help.terminal.outputText).toContain('Usage: waybill subscribe');
    const version = await run(['--version']);
    expect(version.exitCode).toBe(0);
    expect(version.terminal.outputText).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('waybill serve', () => {
  test('serves with the configuration of its flags and answers the exit code of the server', async () => {
    const argv = [
      'serve',
      '--grpc-address',
      '[::1]:7',
      '--storage=memory',
      '--tracing',
      'otlp',
      '--batch-max-delay-ms',
      '3',
    ];
    const { exitCode, served } = await run(argv, { serveCode: 1 });
    expect(exitCode).toBe(1);
    expect(served).toEqual([
      expect.objectContaining({
        grpc: expect.objectContaining({ address: { host: '::1', port: 7 } }),
        storage: expect.objectContaining({ kind: 'memory' }),
        tracing: expect.objectContaining({ exporter: 'otlp' }),
        limits: expect.objectContaining({ batchMaxDelayMs: 3 }),
      }),
    ]);
  });

  test('does not serve with a configuration that is not valid', async () => {
    const { exitCode, served, terminal } = await run(['serve', '--grpc-address', 'x', '--default-ttl', '3q']);
    expect(exitCode).toBe(2);
    expect(served).toEqual([]);
    expect(terminal.noticesText).toMatch(/ {2}grpc\.address: .*\n {2}defaultTtl: .*\n$/);
  });
});

describe('waybill config', () => {
  test('shows every value and where it comes from', async () => {
    const { exitCode, terminal } = await run(['config', '--json', '--storage', 'memory']);
    expect(exitCode).toBe(0);
    expect(terminal.records).toContainEqual({ path: 'storage', value: 'memory', source: '--storage' });
    expect(terminal.records).toContainEqual({ path: 'embedded.path', value: './data', source: 'default' });
    expect(terminal.records).toContainEqual({ path: 'tls.certFile', value: null, source: 'default' });
  });

  test('separates columns by tabs where there is no terminal', async () => {
    const { terminal } = await run(['config']);
    expect(terminal.outputText).toContain('\ngrpc.keepaliveTime\t30s\tdefault\n');
  });

  test('finds contradictions between settings', async () => {
    const { exitCode, terminal } = await run(['config', '--tls-cert-file', 'c']);
    expect(exitCode).toBe(2);
    expect(terminal.noticesText).toContain('tls.keyFile: is needed with tls.certFile');
  });
});
