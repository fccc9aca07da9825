import { join } from 'node:path';
import { requireBackend, requireBackendAndTime } from '../../support/backends.js';
import { limitCalls } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { K6, type K6Outcome } from '../../support/programs/k6.js';
import { Prometheus } from '../../support/programs/prometheus.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { createNamespace, type StorageNamespace } from '../../support/services/storage-namespace.js';
import { toolsMissing } from '../../support/tools.js';

const TLS_FILES = join(__dirname, '../../fixtures/tls');
/** How fast a machine is that runs tests beside it says nothing about the scripts. */
const SLOW_MACHINE = { P95_MS: '30000', P99_MS: '30000', DROPPED: '1' };
const CLIENTS = { WAYBILL_CLIENTS: 'hasty:k6,polite:k6' };
const NOBODY = { ADDR: '127.0.0.1:1', CONNECT_TIMEOUT: '1s' };

const k6Missing = toolsMissing('k6');

function expectPassed({ exitCode, crossed, output }: K6Outcome): void {
  // The output tells what went wrong.
  expect({ crossed, output: exitCode === 0 ? '' : output }).toEqual({ crossed: [], output: '' });
}

async function withBroker<T>(
  flags: readonly string[],
  work: (broker: ServedBroker) => Promise<T>,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const broker = await ServedBroker.of(ServerProcess.spawn({ flags, environment }));
  try {
    return await work(broker);
  } finally {
    await broker.dispose();
  }
}

requireBackend('k6', k6Missing)('a script for k6', () => {
  test('passes when all is well', async () => {
    const outcome = await withBroker([], ({ grpc }) => K6.run('smoke', { ...SLOW_MACHINE, ADDR: grpc }));
    expectPassed(outcome);
    expect(outcome.metric('checks')).toMatchObject({ passes: 200, fails: 0 });
    expect(outcome.output).toContain('Smoke test: passed');
  });

  test('fails when the server cannot be reached', async () => {
    const { exitCode, crossed, output } = await K6.run('smoke', NOBODY);
    expect(exitCode).not.toBe(0);
    expect(crossed).toContain('connect_failed: rate==0');
    expect(output).toContain('Smoke test: FAILED');
  });
});

/** Short ones; each ends by itself. */
const SCRIPTS: readonly (readonly [script: string, environment: Readonly<Record<string, string>>])[] = [
  ['smoke', {}],
  ['ramp', { DURATION: '6s', RATE: '4' }],
  ['soak', { DURATION: '9s', RATE: '50', SUBSCRIBERS: '5' }],
  ['subscribers', { DURATION: '5s', RATE: '20', SUBSCRIBERS: '20' }],
];
const LIMITED = { DURATION: '5s', HASTY_RATE: '500', POLITE_RATE: '5' };
const LIMIT_FLAGS = ['--auth', 'required', '--rate-limit-messages', '50'];

requireBackendAndTime('k6', k6Missing)('the scripts for k6', () => {
  // Longer than the shared server takes to answer when many tests ask it at once.
  const PATIENT = ['--storage-timeout', '30s'];
  const memory: StorageNamespace = { flags: [], remove: () => Promise.resolve() };

  describe.each([
    ['memory', () => memory, undefined],
    ['postgres', () => createNamespace('postgres'), serviceMissing('postgres')],
  ] as const)('on %s', (storage, create, missing) => {
    requireBackend(storage, missing)('pass', () => {
      let namespace: StorageNamespace;

      beforeAll(() => {
        namespace = create();
      });

      afterAll(() => namespace.remove());

      test.each(SCRIPTS)('%s', async (script, environment) => {
        await withBroker([...namespace.flags, ...PATIENT], async ({ grpc, admin }) => {
          const settings = { ...SLOW_MACHINE, ...environment, ADDR: grpc, METRICS_URL: `${admin}/metrics` };
          expectPassed(await K6.run(script, { ...settings, GROWTH: '10' }));
        });
      });

      test('rate-limit', async () => {
        const outcome = await withBroker(
          [...namespace.flags, ...PATIENT, ...LIMIT_FLAGS],
          ({ grpc }) => K6.run('rate-limit', { ...LIMITED, ADDR: grpc }),
          CLIENTS,
        );
        expectPassed(outcome);
        expect(outcome.metric('limited{client:hasty}')['count']).toBeGreaterThan(100);
      });
    });
  });

  test('pass over TLS with credentials and a certificate', async () => {
    const server = ['--tls-cert-file', join(TLS_FILES, 'server.pem'), '--tls-key-file', join(TLS_FILES, 'server.key')];
    const flags = ['--auth', 'required', ...server, '--tls-client-ca-file', join(TLS_FILES, 'ca.pem')];
    await withBroker(
      flags,
      async ({ grpc }) => {
        const connection = {
          ...{ ADDR: grpc.replace('127.0.0.1', 'localhost'), TLS: '1', TLS_CA: join(TLS_FILES, 'ca.pem') },
          ...{ TLS_CERT: join(TLS_FILES, 'client.pem'), TLS_KEY: join(TLS_FILES, 'client.key') },
        };
        const client = { CLIENT_ID: 'hasty', CLIENT_SECRET: 'k6' };
        expectPassed(await K6.run('smoke', { ...SLOW_MACHINE, ...connection, ...client }));
        const { exitCode, crossed } = await K6.run('smoke', { ...connection, ...client, CLIENT_SECRET: 'wrong' });
        expect({ exitCode, crossed }).toMatchObject({ exitCode: 99, crossed: ['checks: rate==1'] });
      },
      CLIENTS,
    );
  });

  test.each(['ramp', 'soak', 'subscribers', 'rate-limit'])('fail when nobody is there: %s', async (script) => {
    const { exitCode } = await K6.run(script, { ...NOBODY, DURATION: '2s' });
    expect(exitCode).not.toBe(0);
  });

  test.each([
    ['ramp', { DURATION: '8s', RATE: '4', CHECKS: '0.99' }],
    ['soak', { DURATION: '8s', RATE: '50', SUBSCRIBERS: '2' }],
  ])('fail when the server dies meanwhile: %s', async (script, environment) => {
    const server = ServerProcess.spawn();
    const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
    const k6 = new K6(script, { ...SLOW_MACHINE, ...environment, ADDR: address });
    try {
      await k6.started();
      server.kill('SIGKILL');
      const { exitCode, crossed } = await k6.ended();
      expect(exitCode).toBe(99);
      expect(crossed).not.toEqual([]);
    } finally {
      await k6.dispose();
      await server.dispose();
    }
  });

  test('fail when a client beyond its limit is not limited', async () => {
    await withBroker([], async ({ grpc }) => {
      const { exitCode, crossed } = await K6.run('rate-limit', { ...LIMITED, DURATION: '2s', ADDR: grpc });
      expect({ exitCode, crossed }).toEqual({ exitCode: 99, crossed: ['limited{client:hasty}: count>0'] });
    });
  });

  requireBackend('envoy', toolsMissing('envoy'))('through Envoy', () => {
    test('pass: a client beyond its limit gets RESOURCE_EXHAUSTED and nothing else', async () => {
      await withBroker([], async ({ grpc }) => {
        const envoy = await Envoy.start({
          brokers: [{ grpc: portOf(grpc) }],
          // Less than k6 can ask for on a slow machine.
          edit: (config) => {
            const bucket = { max_tokens: 50, tokens_per_fill: 50, fill_interval: '1s' };
            limitCalls(config, 'publish', 'credential', bucket);
          },
        });
        try {
          expectPassed(await K6.run('smoke', { ...SLOW_MACHINE, ADDR: envoy.address }));
          expectPassed(await K6.run('rate-limit', { ...LIMITED, ADDR: envoy.address }));
        } finally {
          await envoy.stop();
        }
      });
    });
  });

  requireBackend('prometheus', toolsMissing('prometheus'))('with Prometheus', () => {
    test('write what they measure to it', async () => {
      await withBroker([], async ({ grpc, admin }) => {
        const prometheus = await Prometheus.start({ targets: { waybill: [new URL(admin).host], envoy: [] } });
        try {
          const remoteWrite = {
            K6_PROMETHEUS_RW_SERVER_URL: `${prometheus.url}/api/v1/write`,
            K6_PROMETHEUS_RW_TREND_STATS: 'p(95)',
          };
          const environment = { ...SLOW_MACHINE, ...remoteWrite, ADDR: grpc };
          expectPassed(await K6.run('smoke', environment, ['-o', 'experimental-prometheus-rw']));
          await prometheus.until('k6_grpc_req_duration_p95{rpc="broker.Broker/Publish"}');
          const [checks] = await prometheus.query('min(k6_checks_rate)');
          expect(checks?.value).toBe(1);
        } finally {
          await prometheus.stop();
        }
      });
    });
  });
});
