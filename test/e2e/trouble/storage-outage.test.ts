import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import type { WaybillError } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { idsTo } from '../../support/numbered-messages.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { freePort } from '../../support/services/free-port.js';
import { postgresMissing } from '../../support/services/postgres-binaries.js';
import { PostgresServer } from '../../support/services/postgres-server.js';
import { RedisServer, redisMissing } from '../../support/services/redis-server.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { failureOf } from '../../support/waybill-failure.js';

const STORES = {
  postgres: {
    missing: postgresMissing(18),
    start: (port: number) => PostgresServer.start({ port }),
    flags: (port: number, password = 'waybill') => [
      ...['--storage', 'postgres'],
      ...['--postgres-url', `postgres://postgres:${password}@127.0.0.1:${port}/postgres`],
    ],
  },
  redis: {
    missing: redisMissing(),
    start: (port: number) => RedisServer.start({ port }),
    flags: (port: number) => ['--storage', 'redis', '--redis-url', `redis://127.0.0.1:${port}`],
  },
} as const;

const SERVICES = ['', 'waybill.v1.BrokerService', 'waybill.v1.StreamService', 'broker.Broker'];
const POLL_MS = 50;

/** Resolves once it answers what is expected; the test's time limit ends it otherwise. */
async function eventually(check: () => Promise<boolean>): Promise<void> {
  while (!(await check().catch(() => false))) await sleep(POLL_MS);
}

for (const [name, store] of Object.entries(STORES)) {
  requireBackend(name, store.missing)(`a broker whose ${name}`, () => {
    let server: PostgresServer | RedisServer | undefined;
    let port: number;
    let broker: ServedBroker | undefined;
    let readers: SubscriptionReader[] = [];

    beforeEach(async () => {
      port = await freePort();
    });

    afterEach(async () => {
      for (const reader of readers) await reader.close();
      readers = [];
      await broker?.dispose();
      await server?.stop();
      broker = undefined;
      server = undefined;
    }, 30_000);

    async function start(): Promise<ServedBroker> {
      server = await store.start(port);
      broker = await ServedBroker.start(store.flags(port));
      return broker;
    }

    /** By name and by pattern, both live. */
    async function subscribe({ client }: ServedBroker, subject: string): Promise<readonly SubscriptionReader[]> {
      readers = [[subject], ['*']].map(
        (subjects) => new SubscriptionReader(client, { subjects, heartbeatIntervalMs: 1_000 }),
      );
      for (const reader of readers) await reader.untilKind('caughtUp');
      return readers;
    }

    test('is not there yet is live, waits for it and says so', async () => {
      const admin = `127.0.0.1:${await freePort()}`;
      const process = ServerProcess.spawn({ flags: [...store.flags(port), '--admin-address', admin] });
      try {
        await eventually(async () => {
          const answer = await fetch(`http://${admin}/readyz`);
          const { reasons } = (await answer.json()) as { readonly reasons: readonly string[] };
          return answer.status === 503 && reasons[0] === 'starting' && /^storage: .*reach/i.test(reasons[1] ?? '');
        });
        expect((await fetch(`http://${admin}/livez`)).status).toBe(200);
        await process.printed('the storage cannot be reached and is tried again');
        server = await store.start(port);
        broker = await ServedBroker.of(process);
        await process.printed('the storage can be reached');
        expect(await broker.readiness()).toEqual({ status: 200, reasons: [] });
        expect(await broker.client.publish({ subject: 's', body: 'x' })).toMatchObject({ id: 1 });
      } finally {
        await process.dispose();
      }
    }, 60_000);

    test.each(['SIGTERM', 'SIGINT'] as const)(
      'is not there yet ends at once on %s',
      async (signal) => {
        const process = ServerProcess.spawn({ flags: store.flags(port) });
        try {
          await process.printed('the storage cannot be reached and is tried again');
          process.kill(signal);
          expect(await process.exited).toEqual({ code: 0, signal: null });
        } finally {
          await process.dispose();
        }
      },
      30_000,
    );

    test('is killed refuses at once, tells that it is not ready, and goes on where it was', async () => {
      const { client } = await start();
      const live = await subscribe(broker!, 's');
      await client.publish({ subject: 's', body: 'x' });
      for (const reader of live) await reader.untilMessages(1);

      await server!.kill();
      const failure = await failureOf(client.publish({ subject: 's', body: 'lost' }));
      expect(failure).toMatchObject({ codeName: 'UNAVAILABLE', reason: 'STORAGE_UNAVAILABLE' });
      // The first may have been on its way when the connection broke; from then on everybody knows.
      const second = await failureOf(client.publish({ subject: 's', body: 'lost' }));
      expect(second).toMatchObject({ codeName: 'UNAVAILABLE', fields: { outcome: 'not_written' } });
      expect((second as WaybillError).retryAfterMs).toBeGreaterThan(0);
      // For proxies, which see headers only.
      expect(((second as WaybillError).cause as ServiceError).metadata.get('waybill-outcome')).toEqual(['not_written']);
      expect(await failureOf(new SubscriptionReader(client, { subjects: ['s'] }).untilKind('confirmed'))).toMatchObject(
        { codeName: 'UNAVAILABLE' },
      );
      await eventually(async () => (await broker!.readiness()).status === 503);
      const { reasons } = await broker!.readiness();
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatch(/^storage: [\w ]+$/);
      expect(await broker!.isAlive()).toBe(true);
      for (const service of SERVICES) expect(await client.health(service)).toBe('NOT_SERVING');
      expect(await broker!.metric(`waybill_storage_available{storage="${name}"}`)).toBe(0);

      for (const reader of live) await reader.untilKind('heartbeat');

      await server!.restart();
      await eventually(async () => (await broker!.readiness()).status === 200);
      for (const service of SERVICES) expect(await client.health(service)).toBe('SERVING');
      expect(await broker!.metric(`waybill_storage_available{storage="${name}"}`)).toBe(1);
      const { id } = await client.publish({ subject: 's', body: 'y' });
      for (const reader of live) {
        await reader.until(() => reader.ids.at(-1) === id);
        expect(reader.ids).toEqual(idsTo(id));
        expect(reader.kinds).not.toContain('reconnecting');
      }
      expect(await broker!.stop()).toBe(0);
    }, 60_000);

    test('stands still for three seconds keeps its subscribers and gives them everything', async () => {
      const { client } = await start();
      const live = await subscribe(broker!, 's');
      await client.publish({ subject: 's', body: 'x' });
      for (const reader of live) await reader.untilMessages(1);
      server!.pause();
      const published = Promise.allSettled(idsTo(5).map((n) => client.publish({ subject: 's', body: String(n) })));
      await eventually(async () => (await broker!.readiness()).status === 503);
      await sleep(3_000);
      server!.resume();
      await eventually(async () => (await broker!.readiness()).status === 200);
      const acknowledged = (await published).flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
      const { id } = await client.publish({ subject: 's', body: 'last' });
      for (const reader of live) {
        await reader.until(() => reader.ids.at(-1) === id);
        expect(reader.ids).toEqual(idsTo(id));
        expect(reader.ids).toEqual(expect.arrayContaining(acknowledged));
        expect(reader.kinds).not.toContain('reconnecting');
      }
    }, 60_000);
  });
}

requireBackend('postgres', STORES.postgres.missing)('a broker whose settings PostgreSQL refuses', () => {
  test('ends with a message of one line that names the setting', async () => {
    const port = await freePort();
    const server = await PostgresServer.start({ port });
    const process = ServerProcess.spawn({ flags: STORES.postgres.flags(port, 'wrong') });
    try {
      expect(await process.exited).toEqual({ code: 1, signal: null });
      expect(process.stderr).toMatch(/^waybill: .*\[STORAGE_MISCONFIGURED\]\n$/);
      expect(process.stderr).not.toContain('wrong@');
    } finally {
      await process.dispose();
      await server.stop();
    }
  }, 60_000);
});

requireBackend('redis', redisMissing())('a broker on a Redis that may lose data', () => {
  test('says so in its log', async () => {
    const server = await RedisServer.start({ appendfsync: 'everysec' });
    const process = ServerProcess.spawn({ flags: STORES.redis.flags(Number(new URL(server.url).port)) });
    try {
      expect(await process.printed('appendfsync')).toMatch(/"level":"?(warn|40)/);
    } finally {
      await process.dispose();
      await server.stop();
    }
  }, 60_000);
});
