import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackendAndTime } from '../../support/backends.js';
import { chartsOf, grafanaDashboards } from '../../support/grafana-dashboards.js';
import { Envoy } from '../../support/programs/envoy.js';
import { limitCalls } from '../../support/programs/envoy-config.js';
import { Prometheus, type Sample } from '../../support/programs/prometheus.js';
import { prometheusRules } from '../../support/prometheus-rules.js';
import { RateLimitService } from '../../support/programs/ratelimit.js';
import { ServerProcess } from '../../support/server-process.js';
import { freePort } from '../../support/services/free-port.js';
import { redisMissing, RedisServer } from '../../support/services/redis-server.js';
import { toolsMissing } from '../../support/tools.js';
import { EverydayLoad } from './everyday-load.js';

const TLS = join(__dirname, '../../fixtures/tls');
const OWNER = { clientId: 'owner', clientSecret: 'of-everything' };
const LIMITED = { clientId: 'limited', clientSecret: 'to-one-message' };

const CLIENTS = `
clients:
  - { id: owner, secret: of-everything }
  - id: limited
    secret: to-one-message
    limits: { messagesPerSecond: 1 }
    allow: [{ verbs: [publish], subjects: ['>'] }]
`;

/** Series that cannot be had without damage or without minutes of trouble; nothing else may be empty. */
const EMPTY_WITHOUT_TROUBLE = [/^ALERTS\{alertstate="firing", severity!="info"\}$/, /reason="DATA_LOSS"\}$/];

/** As Grafana fills them in for all instances; the window reaches back to the first scrape. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '2m').replaceAll('$instance', '.*');
}

/** Expressions that have no series, or none but those that are not a number. */
async function emptyOnes(prometheus: Prometheus, expressions: Iterable<string>): Promise<string[]> {
  const empty: string[] = [];
  for (const expr of expressions) {
    const samples = await prometheus.query(filledIn(expr));
    if (samples.every(({ value }) => Number.isNaN(value))) empty.push(expr);
  }
  return empty.filter((expr) => !EMPTY_WITHOUT_TROUBLE.some((allowed) => allowed.test(expr)));
}

requireBackendAndTime('prometheus', toolsMissing('prometheus', 'envoy', 'ratelimit') ?? redisMissing())(
  'Prometheus, with brokers under load behind Envoy',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-monitoring-'));
    const brokers: ServerProcess[] = [];
    let redis: RedisServer;
    let limits: RateLimitService;
    let envoy: Envoy;
    let prometheus: Prometheus;
    let onRedis: WaybillClient;

    beforeAll(async () => {
      redis = await RedisServer.start();
      const [grpc, tcp] = [await freePort(), await freePort()];
      limits = await RateLimitService.start({
        edit: (text) => text.replace('unit: minute, requests_per_unit: 60000', 'unit: hour, requests_per_unit: 3'),
      });
      envoy = await Envoy.start({
        file: 'docker/envoy-global.yaml',
        brokers: [{ grpc, tcp }],
        rateLimitPort: limits.port,
        // So few that a client of the test comes to its limit.
        edit: (config) =>
          limitCalls(config, 'publish', 'anonymous', { max_tokens: 1, tokens_per_fill: 1, fill_interval: '1s' }),
      });
      await nobodyAnswers();
      const main = await startBroker(
        ...['--storage', 'memory', '--grpc-address', `127.0.0.1:${grpc}`, '--tcp-address', `127.0.0.1:${tcp}`],
      );
      const second = await startBroker(
        ...['--storage', 'redis', '--redis-url', redis.url, '--tcp-address', 'off'],
        ...['--tls-cert-file', join(TLS, 'server.pem'), '--tls-key-file', join(TLS, 'server.key')],
      );
      await envoy.untilHealthy(1);
      const observability = envoy.observabilityUrl.replace('http://', '');
      prometheus = await Prometheus.start({ targets: { waybill: [main.admin, second.admin], envoy: [observability] } });
      // What happens before the first scrape is in no rate.
      await prometheus.until('count(up{job=~"waybill|envoy"} == 1) == 3');
      onRedis = connect({
        address: second.grpc,
        tls: { ca: readFileSync(join(TLS, 'ca.pem')), serverName: 'localhost' },
        credentials: OWNER,
        ownConnection: true,
      });
      await everythingHappens();
    }, 180_000);

    afterAll(async () => {
      onRedis?.close();
      await prometheus?.stop();
      await envoy?.stop();
      await Promise.all(brokers.map((broker) => broker.dispose()));
      await limits?.stop();
      await redis?.stop();
      rmSync(folder, { recursive: true });
    }, 60_000);

    /** One call that finds no broker. */
    async function nobodyAnswers(): Promise<void> {
      const client = connect({ address: envoy.address, ownConnection: true });
      await expect(client.fetch('orders.eu', 1)).rejects.toMatchObject({ message: 'no healthy upstream' });
      client.close();
    }

    async function startBroker(
      ...flags: readonly string[]
    ): Promise<{ readonly grpc: string; readonly admin: string }> {
      const clients = join(folder, 'clients.yaml');
      writeFileSync(clients, CLIENTS);
      const broker = ServerProcess.spawn({ flags: ['--clients-file', clients, '--auth', 'required', ...flags] });
      brokers.push(broker);
      const [, grpc = '', admin = ''] = /grpc (\S+), admin http:\/\/(\S+),/.exec(await broker.ready()) ?? [];
      return { grpc, admin };
    }

    /** Until the rates over the last seconds have something to go by; then the second broker loses its storage and Envoy its limits. */
    async function everythingHappens(): Promise<void> {
      const ended = new AbortController();
      const watching = watch(ended.signal);
      const load = await EverydayLoad.start({
        grpc: envoy.address,
        eventBus: `127.0.0.1:${envoy.eventBusPort}`,
        owner: OWNER,
        limited: LIMITED,
      });
      let scraped = false;
      const enough = prometheus
        .until('count(count_over_time(up{job=~"waybill|envoy"}[1m]) >= 8) == 3')
        .then(() => Promise.all([redis.kill(), limits.kill()]))
        .then(() => prometheus.until('sum(rate(waybill_storage_operation_errors_total[30s])) > 0'))
        .then(() => prometheus.until('sum(rate(envoy_cluster_ratelimit_failure_mode_allowed[30s])) > 0'))
        .finally(() => (scraped = true));
      while (!scraped) {
        await load.round();
        await onRedis.publish({ subject: 'orders.eu', body: 'tea' }).catch(() => undefined);
      }
      await enough;
      await load.end();
      ended.abort();
      await watching;
    }

    async function watch(signal: AbortSignal): Promise<void> {
      const subscription = onRedis.subscribe({ subjects: ['orders.eu', 'orders.*'] }, { signal });
      for await (const _message of subscription.messages());
    }

    it.each([...grafanaDashboards()])('has data for every panel of %s', async (_name, dashboard) => {
      const expressions = chartsOf(dashboard).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      const others = dashboard.annotations.list.flatMap(({ expr = [] }) => expr);
      expect(await emptyOnes(prometheus, [...expressions, ...others])).toEqual([]);
    });

    it('has data for every recording rule, under its name too', async () => {
      const rules = prometheusRules('recording.yml');
      expect(
        await emptyOnes(
          prometheus,
          rules.flatMap(({ expr, record = '' }) => [expr, record]),
        ),
      ).toEqual([]);
    });

    it('has every series that an alert looks at', async () => {
      const selectors = prometheusRules('alerts.yml').flatMap(({ expr }) =>
        Array.from(expr.matchAll(/[\w:]*\{[^}]*\}|\w+:\w+:\w+/g), ([selector]) => selector),
      );
      expect(selectors.length).toBeGreaterThan(40);
      expect(await emptyOnes(prometheus, new Set(selectors))).toEqual([]);
    });

    // Data of which all is zero would prove little.
    it.each([
      'waybill_messages_published_total',
      'waybill_messages_delivered_total{source="live"}',
      'waybill_messages_delivered_total{source="log"}',
      'waybill_publish_failures_total{reason="EXPECTED_ID_MISMATCH"}',
      'waybill_authentication_failures_total{protocol="grpc"}',
      'waybill_authentication_failures_total{protocol="tcp"}',
      'waybill_permission_denials_total{verb="fetch"}',
      'waybill_rate_limited_messages_total{rate="messages"}',
      'waybill_events_leased_total',
      'waybill_events_marked_total{status="retry"}',
      'waybill_tcp_requests_total{outcome="failed"}',
      'waybill_storage_hints_total',
      'waybill_storage_polls_total{what="heads"}',
      'waybill_storage_polls_total{what="subjects"}',
      'waybill_storage_operation_errors_total{reason="STORAGE_UNAVAILABLE"}',
      'grpc_server_handled_total{grpc_method="PublishStream", grpc_code="OK"}',
      'envoy_http_local_rate_limit_rate_limited',
      'envoy_cluster_ratelimit_over_limit',
      'envoy_cluster_upstream_rq_xx{envoy_response_code_class="5"}',
    ])('has counted %s', async (counter) => {
      const [total] = await prometheus.query(`sum(${counter})`);
      expect(total?.value).toBeGreaterThan(0);
    });

    it('finds the labels of each metric that docs/operations/metrics.md tells', async () => {
      const page = readFileSync(join(__dirname, '../../../docs/operations/metrics.md'), 'utf8');
      const rows = page.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) ?\| \S.*\|$/gm);
      const wrong: string[] = [];
      for (const [, name = '', type = '', labels = ''] of rows) {
        const samples = await prometheus.query(/histogram|summary/.test(type) ? `${name}_count` : name);
        const found = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
        for (const own of ['__name__', 'job', 'instance']) found.delete(own);
        const told = Array.from(labels.matchAll(/`(\w+)`/g), ([, label = '']) => label);
        if (samples.length > 0 && told.toSorted().join() !== [...found].toSorted().join()) wrong.push(name);
        // Requests to files are rare and over soon.
        if (samples.length === 0 && name !== 'nodejs_active_requests') wrong.push(`${name}, which has no series`);
      }
      expect(wrong).toEqual([]);
    });

    it('has no problem with any rule', async () => {
      const answer = await (await fetch(`${prometheus.url}/api/v1/rules`)).json();
      const { groups } = (
        answer as { data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] } }
      ).data;
      const rules = groups.flatMap(({ rules: some }) => some);
      expect(rules.length).toBe(prometheusRules('alerts.yml').length + prometheusRules('recording.yml').length);
      expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    });

    it('sees the lost storage, and only that one', async () => {
      const value = (samples: readonly Sample[]) =>
        Object.fromEntries(samples.map(({ labels, value: one }) => [labels['storage'], one]));
      expect(value(await prometheus.query('waybill_storage_available'))).toEqual({ memory: 1, redis: 0 });
    });
  },
);
