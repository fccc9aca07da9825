import { setTimeout as wait } from 'node:timers/promises';
import { requireBackendAndTime } from '../../support/backends.js';
import { BrokerError } from '../../../src/core/errors.js';
import { appendOne, idsOf, item, readAll } from '../../conformance/storage/items.js';
import { startCassandraCluster } from '../../support/services/cassandra-cluster.js';
import { cassandraMissing } from '../../support/services/cassandra-runtime.js';
import type { CassandraServer } from '../../support/services/cassandra-server.js';
import { KeyspaceUnderTest } from './keyspace-under-test.js';

/**
 * Three nodes starve each other on two cores, and two that live may take each other for dead for a moment. What was
 * certainly not written is asked again, as clients do.
 */
async function onceAccepted<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof BrokerError) || error.fields['outcome'] !== 'not_written') throw error;
    }
    await wait(100);
  }
}

requireBackendAndTime('cassandra', cassandraMissing('5.0'))('three nodes of Cassandra', () => {
  let nodes: readonly CassandraServer[] = [];

  beforeAll(async () => {
    nodes = await startCassandraCluster();
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test('keep accepting with one of them killed, and lose nothing', async () => {
    const keyspace = new KeyspaceUnderTest(nodes[0]?.contactPoint ?? '');
    try {
      // Three nodes on a machine with two cores: whoever loses a race may lose it for some seconds.
      const options = { contactPoints: nodes.map((node) => node.contactPoint), timeoutMs: 30_000 };
      const writers = [await keyspace.open(options), await keyspace.open(options)];
      const publish = async (count: number): Promise<void> => {
        const run = async (writer: number): Promise<void> => {
          for (let each = 0; each < count; each += 1) {
            await onceAccepted(() => appendOne(writers[writer]!.log, item('a', `${writer}`)));
          }
        };
        await Promise.all([run(0), run(1)]);
      };
      await publish(10);
      const publishing = publish(30);
      await nodes[2]?.kill();
      await publishing;
      await publish(10);
      const ids = Array.from({ length: 100 }, (_, index) => index + 1);
      for (const { log } of writers) expect(idsOf(await readAll(log, 'a'))).toEqual(ids);
      const { records } = writers[0]!;
      const put = { key: 'k', value: Buffer.from('v'), ttlUs: 0 };
      const commit = { conditions: [{ key: 'k', version: 0 }], puts: [put] };
      expect(await onceAccepted(() => records.commit('p', commit))).toMatchObject({ committed: true });
      expect(await writers[1]!.records.get('p', 'k')).toMatchObject({ key: 'k' });
    } finally {
      await keyspace.close();
    }
  });
});
