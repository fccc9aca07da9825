import { createHash } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';
import { createClient as createRedis } from '@redis/client';
import { requireBackend } from '../../support/backends.js';
import { createClient, failureOf, unary } from '../../support/grpc-client.js';
import { encode } from '../../support/hardened-server.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { RateLimitService } from '../../support/programs/ratelimit.js';
import { ServedBroker } from '../../support/served-broker.js';
import { redisMissing } from '../../support/services/redis-server.js';
import { toolsMissing } from '../../support/tools.js';

const PUBLISH = '/waybill.v1.BrokerService/Publish';
const CALLS = 10;
const message = encode('waybill.v1.PublishRequest', { subject: 'orders', body: Buffer.from('tea') });

const missing = toolsMissing('envoy', 'ratelimit') ?? redisMissing();

requireBackend('ratelimit', missing)('limits over all Envoys together', () => {
  let broker: ServedBroker;
  let limits: RateLimitService;
  let envoys: Envoy[] = [];
  let clients: ReturnType<typeof createClient>[];

  beforeAll(async () => {
    broker = await ServedBroker.start([]);
    limits = await RateLimitService.start({
      // An hour, so that none of it comes back during a test.
      edit: (text) =>
        text.replaceAll(/unit: minute, requests_per_unit: \d+/g, `unit: hour, requests_per_unit: ${CALLS}`),
    });
    envoys = await Promise.all(
      [0, 1].map(() =>
        Envoy.start({
          file: 'docker/envoy-global.yaml',
          brokers: [{ grpc: portOf(broker.grpc) }],
          rateLimitPort: limits.port,
        }),
      ),
    );
    for (const envoy of envoys) await envoy.untilHealthy(1);
    clients = envoys.map(({ address }) => createClient(address));
  }, 60_000);

  afterAll(async () => {
    for (const client of clients ?? []) client.close();
    await Promise.all(envoys.map((envoy) => envoy.stop()));
    await limits?.stop();
    await broker?.dispose();
  }, 30_000);

  function publish(envoy: 0 | 1, authorization?: string): Promise<Buffer> {
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set('authorization', authorization);
    return unary(clients[envoy]!, PUBLISH, message, { metadata });
  }

  it('hold for a client wherever it calls, with RESOURCE_EXHAUSTED, and for nobody else', async () => {
    for (let call = 0; call < CALLS; call++) await publish((call % 2) as 0 | 1, 'Bearer one:secret');
    for (const envoy of [0, 1] as const) {
      const failure = await failureOf(publish(envoy, 'Bearer one:secret'));
      expect(failure.code).toBe(status.RESOURCE_EXHAUSTED);
    }
    await publish(0, 'Bearer two:secret');
    // By its address, which all tests share.
    for (let call = 0; call < CALLS; call++) await publish((call % 2) as 0 | 1);
    expect(await failureOf(publish(0))).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await publish(1, 'Bearer two:secret');
  });

  it('know a client by a digest: its credential stays in Envoy', async () => {
    for (const length of [1, 48, 49, 56, 64, 119, 120, 1000, 4096]) {
      const credential = `Bearer ${'s'.repeat(length)}`.slice(0, 4096);
      await publish(0, credential);
      const redis = await createRedis({ url: `redis://127.0.0.1:${limits.redisPort}` }).connect();
      const keys = await redis.keys('*');
      redis.destroy();
      const digest = createHash('sha256').update(credential).digest('hex').slice(0, 32);
      expect(keys).toContainEqual(expect.stringContaining(`client_${digest}_`));
      expect(keys.join('\n')).not.toContain('ssssssssss');
    }
  });

  it('let every call pass while the service is gone, and the limits of each Envoy still hold', async () => {
    await limits.kill();
    for (let call = 0; call < CALLS * 2; call++) await publish((call % 2) as 0 | 1, 'Bearer one:secret');
    const failed = await Promise.all(envoys.map((envoy) => envoy.stat('cluster.waybill.ratelimit.error')));
    expect(failed.reduce((sum, one) => sum + one)).toBe(CALLS * 2);
    expect(envoys[0]!.log).not.toContain('one:secret');
  });
});
