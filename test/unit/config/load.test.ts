import { DEFAULT_BROKER_LIMITS } from '../../../src/broker/limits.js';
import { ConfigError, type ConfigProblem } from '../../../src/config/config-error.js';
import { loadClientConfig, loadConfig, type LoadOptions } from '../../../src/config/load.js';

/** Loads with nothing but what the test gives. */
function load(options: LoadOptions & { readonly yaml?: string } = {}) {
  const { yaml, ...rest } = options;
  return loadConfig({
    environment: {},
    ...(yaml === undefined ? {} : { configFile: 'waybill.yaml', readFile: () => yaml }),
    ...rest,
  });
}

function problemsOf(work: () => unknown): readonly ConfigProblem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration', () => {
  test('has the documented defaults', () => {
    expect(load()).toEqual({
      grpc: {
        address: { host: '127.0.0.1', port: 50043 },
        maxStreamsPerConnection: 256,
        keepaliveTimeMs: 30_000,
        keepaliveTimeoutMs: 10_000,
        connectionIdleMs: 600_000,
        connectionAgeMs: 2_700_000,
        requestTimeoutMs: 20_000,
        streamAgeMs: 2_400_000,
        streamBufferBytes: 1_048_576,
        offers: { reflection: true, health: true, administration: true },
        tls: undefined,
      },
      authRequired: false,
      clients: undefined,
      rateLimit: { messagesPerSecond: 0, bytesPerSecond: 0, burstMs: 1000 },
      tcp: undefined,
      streams: { eventTtlUs: 30 * 86_400 * 1_000_000 },
      admin: { address: { host: '127.0.0.1', port: 2112 }, metrics: true },
      storage: { kind: 'embedded', path: './data' },
      pollIntervalMs: 250,
      limits: DEFAULT_BROKER_LIMITS,
      log: { level: 'info' },
      tracing: { exporter: 'none', endpoint: undefined, sampleRatio: 1 },
      drainDelayMs: 0,
      shutdownTimeoutMs: 10_000,
    });
  });

  test('takes flags over the environment, the environment over the file and the file over defaults', () => {
    const yaml = 'grpc: { keepaliveTime: 1m, keepaliveTimeout: 2m, connectionIdle: 3m }';
    const environment = { WAYBILL_GRPC_KEEPALIVE_TIME: '4m', WAYBILL_GRPC_KEEPALIVE_TIMEOUT: '5m' };
    const { grpc } = load({ yaml, environment, flags: { 'grpc.keepaliveTime': '7m' } });
    expect(grpc).toMatchObject({
      keepaliveTimeMs: 7 * 60_000,
      keepaliveTimeoutMs: 5 * 60_000,
      connectionIdleMs: 3 * 60_000,
      connectionAgeMs: 45 * 60_000,
    });
  });

  test('reports everything that is wrong at once, by option path and with where it came from', () => {
    const problems = problemsOf(() =>
      load({
        yaml: 'grpc: { adress: "x", streamAge: [1] }\nmemory: 3\nfoo: 1',
        environment: { WAYBILL_STORAGE: 'mysql', WAYBILL_GRPC_ADRESS: 'x' },
        flags: { maxTtl: '5x' },
      }),
    );
    expect(problems).toEqual([
      { path: 'grpc.adress', message: 'unknown option; did you mean grpc.address?', source: 'waybill.yaml' },
      { path: 'memory', message: 'must be a mapping of options', source: 'waybill.yaml' },
      { path: 'foo', message: 'unknown option', source: 'waybill.yaml' },
      { path: 'WAYBILL_GRPC_ADRESS', message: 'unknown variable; did you mean WAYBILL_GRPC_ADDRESS?' },
      { path: 'grpc.streamAge', message: 'must be a single value', source: 'waybill.yaml' },
      {
        path: 'storage',
        message: '"mysql" is not one of memory, embedded, postgres, cassandra, redis',
        source: 'WAYBILL_STORAGE',
      },
      { path: 'maxTtl', message: '"5x" is not a duration such as 500ms, 90s or 7d', source: '--max-ttl' },
    ]);
  });

  test('names every problem in the error text', () => {
    const work = () => load({ environment: { WAYBILL_STORAGE: 'disk', WAYBILL_LOG_LEVEL: 'loud' } });
    expect(work).toThrow(
      /^ {2}storage: "disk" is not one of memory, embedded, postgres, cassandra, redis \(WAYBILL_STORAGE\)$/m,
    );
    expect(work).toThrow(/^ {2}log\.level: "loud" is not one of trace, /m);
  });

  test('turns the options of the storage that is chosen into its configuration', () => {
    expect(load({ environment: { WAYBILL_STORAGE: 'postgres', WAYBILL_POSTGRES_SCHEMA: 'other' } }).storage).toEqual({
      kind: 'postgres',
      url: 'postgres://postgres@127.0.0.1:5432/postgres',
      listenUrl: undefined,
      schema: 'other',
      caFile: undefined,
      poolSize: 6,
      preparedStatements: true,
      timeoutMs: 5000,
    });
    const environment = {
      WAYBILL_STORAGE: 'cassandra',
      WAYBILL_CASSANDRA_CONTACT_POINTS: 'a:9042, b',
      WAYBILL_CASSANDRA_REPLICATION: 'dc1:3,dc2:2',
      WAYBILL_CASSANDRA_USERNAME: 'u',
      WAYBILL_CASSANDRA_PASSWORD: 'p',
    };
    expect(load({ environment }).storage).toMatchObject({
      contactPoints: ['a:9042', 'b'],
      replication: { dc1: 3, dc2: 2 },
      credentials: { username: 'u', password: 'p' },
      tls: false,
    });
    expect(load({ environment: { WAYBILL_STORAGE: 'redis', WAYBILL_REDIS_CLUSTER: 'on' } }).storage).toMatchObject({
      kind: 'redis',
      cluster: true,
      prefix: 'waybill',
    });
  });

  test.each([
    [
      'WAYBILL_POSTGRES_SCHEMA',
      'Drop Table',
      'must be lower-case letters, digits and _, beginning with a letter, at most 48',
    ],
    [
      'WAYBILL_CASSANDRA_REPLICATION',
      'dc1:3,three',
      '"dc1:3,three" is not auto or copies by data centre such as dc1:3,dc2:3',
    ],
    ['WAYBILL_MAX_MESSAGE_BYTES', '5MiB', 'must be from 1KiB to 4MiB'],
    ['WAYBILL_TRACING_SAMPLE_RATIO', '1.5', 'must be from 0 to 1'],
    ['WAYBILL_BATCH_MAX_MESSAGES', '-1', '"-1" is not a whole number'],
    ['WAYBILL_GRPC_KEEPALIVE_TIME', '10ms', 'must be from 1s to 1d, or 0'],
    [
      'WAYBILL_GRPC_ADDRESS',
      'localhost:99999',
      '"localhost:99999" is not an address such as 127.0.0.1:50043 or [::1]:50043',
    ],
    [
      'WAYBILL_TRACING_ENDPOINT',
      'collector:4317',
      'must be a URL that begins with http://, https://, grpc://, grpcs://, udp://',
    ],
  ])('refuses %s=%s', (variable, value, message) => {
    expect(problemsOf(() => load({ environment: { [variable]: value } }))).toEqual([
      expect.objectContaining({ message, source: variable }),
    ]);
  });

  test.each([
    [{ WAYBILL_TLS_CERT_FILE: 'c' }, 'tls.keyFile'],
    [{ WAYBILL_TLS_KEY_FILE: 'k' }, 'tls.certFile'],
    [{ WAYBILL_TLS_CLIENT_CA_FILE: 'ca' }, 'tls.clientCaFile'],
    [{ WAYBILL_DEFAULT_TTL: '2d', WAYBILL_MAX_TTL: '1d' }, 'defaultTtl'],
    [{ WAYBILL_MEMORY_MAX_SUBJECT_BYTES: '1GiB' }, 'memory.maxSubjectBytes'],
    [{ WAYBILL_MAX_HEADER_BYTES: '64KiB', WAYBILL_MAX_MESSAGE_BYTES: '32KiB' }, 'maxHeaderBytes'],
    [{ WAYBILL_AUTH: 'required' }, 'auth'],
    [{ WAYBILL_GRPC_ADDRESS: '0.0.0.0:50043' }, 'grpc.address'],
    [{ WAYBILL_GRPC_ADDRESS: 'broker:50043', WAYBILL_CLIENTS: 'id:secret' }, 'grpc.address'],
    [{ WAYBILL_TCP_TLS: 'on' }, 'tcp.tls'],
    [{ WAYBILL_CASSANDRA_USERNAME: 'u' }, 'cassandra.password'],
    [{ WAYBILL_CASSANDRA_PASSWORD: 'p' }, 'cassandra.username'],
  ])('refuses the contradiction %j', (environment, path) => {
    expect(problemsOf(() => load({ environment })).map((problem) => problem.path)).toEqual([path]);
  });

  test('switches TLS on with a certificate and its key', () => {
    const environment = { WAYBILL_TLS_CERT_FILE: 'c', WAYBILL_TLS_KEY_FILE: 'k', WAYBILL_TLS_RELOAD_INTERVAL: '5s' };
    expect(load({ environment }).grpc.tls).toEqual({
      certFile: 'c',
      keyFile: 'k',
      clientCaFile: undefined,
      reloadIntervalMs: 5000,
    });
  });

  test('takes numbers and text alike from a file, and an empty file or section as nothing', () => {
    expect(load({ yaml: 'batch: { maxMessages: 16, maxBytes: "128KiB" }\nembedded:\n' }).limits).toMatchObject({
      batchMaxMessages: 16,
      batchMaxBytes: 131_072,
    });
    expect(load({ yaml: '' })).toEqual(load());
  });

  test.each([
    { WAYBILL_AUTH: 'off' },
    { WAYBILL_AUTH: 'required', WAYBILL_CLIENTS: 'id:secret' },
    { WAYBILL_AUTH: 'required', WAYBILL_CLIENTS_FILE: 'clients.yaml' },
  ])('lets everybody reach gRPC when it is told who may call: %j', (environment) => {
    const { grpc } = load({ environment: { ...environment, WAYBILL_GRPC_ADDRESS: '0.0.0.0:1' } });
    expect(grpc.address.host).toBe('0.0.0.0');
  });

  test('opens the event bus when there are clients', () => {
    expect(load({ environment: { WAYBILL_CLIENTS: 'id:secret' } })).toMatchObject({
      clients: { list: 'id:secret', file: undefined, reloadIntervalMs: 5000 },
      tcp: { address: { host: '127.0.0.1', port: 8080 }, maxLineBytes: 1_048_576, tls: undefined },
    });
    const environment = { WAYBILL_CLIENTS: 'id:secret', WAYBILL_TCP_ADDRESS: 'off' };
    expect(load({ environment }).tcp).toBeUndefined();
  });

  test('switches the admin address off', () => {
    expect(load({ environment: { WAYBILL_ADMIN_ADDRESS: 'off' } }).admin.address).toBeUndefined();
  });

  test('chooses the memory storage with its bounds', () => {
    const environment = { WAYBILL_STORAGE: 'memory', WAYBILL_MEMORY_MAX_TOTAL_BYTES: '1GiB' };
    expect(load({ environment }).storage).toEqual({
      kind: 'memory',
      maxSubjectBytes: 64 * 2 ** 20,
      maxTotalBytes: 2 ** 30,
    });
  });

  test('keeps messages for ever with a default time to live of 0', () => {
    expect(load({ environment: { WAYBILL_DEFAULT_TTL: '0' } }).limits.defaultTtlUs).toBe(0);
  });

  test('ignores empty variables and those that Kubernetes adds for a service called waybill', () => {
    const environment = {
      WAYBILL_STORAGE: '',
      WAYBILL_SERVICE_HOST: '10.0.0.1',
      WAYBILL_SERVICE_PORT: '50043',
      WAYBILL_SERVICE_PORT_GRPC: '50043',
      WAYBILL_PORT: 'tcp://10.0.0.1:50043',
      WAYBILL_PORT_50043_TCP: 'tcp://10.0.0.1:50043',
      WAYBILL_PORT_50043_TCP_ADDR: '10.0.0.1',
      WAYBILL_ADMIN_SERVICE_HOST: '10.0.0.2',
    };
    expect(load({ environment })).toEqual(load());
  });

  test('reads the file that WAYBILL_CONFIG names, unless a flag names another', () => {
    const readFile = (path: string) => `embedded: { path: from-${path} }`;
    const environment = { WAYBILL_CONFIG: 'one' };
    expect(load({ environment, readFile }).storage).toEqual({ kind: 'embedded', path: 'from-one' });
    expect(load({ environment, readFile, configFile: 'two' }).storage).toEqual({ kind: 'embedded', path: 'from-two' });
  });

  test('reports a file that cannot be read or is not YAML', () => {
    const readFile = () => {
      throw new Error('no such file');
    };
    expect(problemsOf(() => load({ configFile: 'a.yaml', readFile }))).toEqual([
      { path: 'a.yaml', message: 'cannot be read: no such file' },
    ]);
    expect(problemsOf(() => load({ yaml: 'a: [1' }))).toEqual([expect.objectContaining({ path: 'waybill.yaml' })]);
    expect(problemsOf(() => load({ yaml: '- a' }))).toEqual([expect.objectContaining({ path: 'waybill.yaml' })]);
  });
});

describe('the configuration of clients', () => {
  test('is apart from that of the server in one environment', () => {
    const environment = { WAYBILL_ADDRESS: '[::1]:7', WAYBILL_GRPC_ADDRESS: '[::1]:8', WAYBILL_CONFIG: 'missing' };
    expect(loadClientConfig({ environment })).toEqual({ address: { host: '::1', port: 7 }, tls: undefined });
    expect(load({ environment: { ...environment, WAYBILL_CONFIG: '' } }).grpc.address.port).toBe(8);
  });

  test('asks for a certificate and its key together', () => {
    expect(problemsOf(() => loadClientConfig({ environment: {}, flags: { tlsCert: 'c' } }))).toEqual([
      { path: 'tlsKey', message: 'is needed with tlsCert' },
    ]);
    expect(loadClientConfig({ environment: {}, flags: { tlsCert: 'c', tlsKey: 'k', tlsCa: 'a' } }).tls).toEqual({
      caFile: 'a',
      identity: { certFile: 'c', keyFile: 'k' },
    });
  });
});
