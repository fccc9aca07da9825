import { checkReplication } from '../../../../src/storage/cassandra/keyspace.js';
import { parseSize } from '../../../../src/storage/cassandra/server-limits.js';

const config = { keyspace: 'k', localDatacenter: 'dc1', replication: undefined };
const network = 'org.apache.cassandra.locator.NetworkTopologyStrategy';

test('a keyspace needs a copy in the local data centre', () => {
  expect(() => checkReplication(config, { class: network, dc1: '1' })).not.toThrow();
  for (const actual of [{ class: network, dc2: '3' }, { class: network, dc1: '0' }, {}]) {
    expect(() => checkReplication(config, actual)).toThrow(
      expect.objectContaining({
        reason: 'STORAGE_MISCONFIGURED',
        message: expect.stringContaining('keyspace k has 0 copies in data centre dc1'),
      }),
    );
  }
});

test('a keyspace needs as many copies as the setting says, in each data centre', () => {
  const asked = { ...config, replication: { dc1: 3, dc2: 2 } };
  expect(() => checkReplication(asked, { class: network, dc1: '3', dc2: '2' })).not.toThrow();
  expect(() => checkReplication(asked, { class: 'SimpleStrategy', replication_factor: '3' })).not.toThrow();
  expect(() => checkReplication(asked, { class: network, dc1: '3', dc2: '1' })).toThrow('data centre dc2');
  expect(() => checkReplication(asked, { class: network, dc1: '3/1', dc2: '2' })).not.toThrow();
});

test('sizes of settings are read in every unit', () => {
  expect(['4096KiB', '16MiB', '1GiB', '12B', '', 'null'].map(parseSize)).toEqual([
    4_194_304,
    16_777_216,
    1_073_741_824,
    12,
    undefined,
    undefined,
  ]);
});
