import { createClient } from '@redis/client';
import { freePort } from '../../support/services/free-port.js';
import { RedisServer } from '../../support/services/redis-server.js';

const SLOTS = 16_384;

/** Masters on this machine, each with an even share of the slots and without replicas. */
export class RedisCluster {
  private constructor(readonly masters: readonly RedisServer[]) {}

  static async start(count = 3): Promise<RedisCluster> {
    const masters = await Promise.all(
      Array.from({ length: count }, async () =>
        RedisServer.start({
          settings: {
            'cluster-enabled': 'yes',
            'cluster-port': String(await freePort()),
            'cluster-node-timeout': '1000',
            'cluster-config-file': 'nodes.conf',
          },
        }),
      ),
    );
    const cluster = new RedisCluster(masters);
    const edge = (index: number): number => Math.floor((index * SLOTS) / count);
    for (const [index, { url }] of masters.entries()) {
      await command(url, 'CLUSTER', 'ADDSLOTSRANGE', String(edge(index)), String(edge(index + 1) - 1));
      await command(url, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    const [first] = masters as [RedisServer];
    for (const { url } of masters.slice(1)) {
      const [, port] = (await command(url, 'CONFIG', 'GET', 'cluster-port')) as [string, string];
      await command(first.url, 'CLUSTER', 'MEET', '127.0.0.1', new URL(url).port, port);
    }
    await cluster.ready();
    return cluster;
  }

  /** Resolves once every master that answers says that all slots are served and all masters are known. */
  async ready(): Promise<void> {
    for (const { url } of this.masters) {
      for (;;) {
        const info = String(await command(url, 'CLUSTER', 'INFO'));
        if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${this.masters.length}`)) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Gives a slot that has keys to another master, keys and all. */
  async moveSlot(slot: number, to: RedisServer): Promise<void> {
    const idOf = async (server: RedisServer): Promise<string> => String(await command(server.url, 'CLUSTER', 'MYID'));
    const target = await idOf(to);
    let from: RedisServer | undefined;
    for (const master of this.masters) {
      const keys = (await command(master.url, 'CLUSTER', 'COUNTKEYSINSLOT', String(slot))) as number;
      if (keys > 0) from = master;
    }
    if (from === undefined || from === to) throw new Error(`slot ${slot} is not somewhere else`);
    await command(to.url, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await idOf(from));
    await command(from.url, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
    for (;;) {
      const keys = (await command(from.url, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '100')) as string[];
      if (keys.length === 0) break;
      const { hostname, port } = new URL(to.url);
      await command(from.url, 'MIGRATE', hostname, port, '', '0', '5000', 'KEYS', ...keys);
    }
    for (const master of this.masters) {
      await command(master.url, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.masters.map((master) => master.stop()));
  }
}

/** Sends one command to one server, on a connection of its own. */
export async function command(url: string, ...args: string[]): Promise<unknown> {
  const client = await createClient({ url, RESP: 2 }).connect();
  try {
    return await client.sendCommand(args);
  } finally {
    client.destroy();
  }
}
