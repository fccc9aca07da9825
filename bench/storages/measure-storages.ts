import { Child } from '../child.js';
import type { Figure } from '../figure.js';
import { MAIN, TSX, withBroker, withPeer } from '../with-broker.js';
import { NETWORK_STORAGES, startStore, type NetworkStorage, type Store } from './store.js';

const PAIRS = 3;
/** What one write to a storage holds at most by default. */
const BATCH_ROWS = '2048';
/** Cassandra wakes other replicas by polling: fewer messages, each of which waits for one. */
const LATENCY_MESSAGES: Readonly<Record<NetworkStorage, number>> = { postgres: 1000, redis: 1000, cassandra: 60 };
/** Longer than between two polls with the rest of a cycle. */
const LATENCY_PAUSE_MS: Readonly<Record<NetworkStorage, number>> = { postgres: 5, redis: 5, cassandra: 300 };

type PerSecond = { readonly perSecond: number };

/** Storages on the network, each on a server of its own, beside hand-written batch inserts with the bare driver. */
export async function measureStorages(seconds: number, print: (figure: Figure) => void): Promise<void> {
  for (const storage of NETWORK_STORAGES) {
    const store = await startStore(storage);
    try {
      print(await publishStream(storage, store, seconds));
      print(await publishUnary(storage, store, seconds));
      print(await acrossReplicas(storage, store));
    } finally {
      await store.stop();
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Peer and broker in turn, so that a machine that changes its speed changes both. */
async function inTurn(peer: () => Promise<number>, own: () => Promise<number>): Promise<[peer: number, own: number]> {
  const peers: number[] = [];
  const owns: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    peers.push(await peer());
    owns.push(await own());
  }
  return [median(peers), median(owns)];
}

async function publishStream(storage: NetworkStorage, store: Store, seconds: number): Promise<Figure> {
  const loop = [...TSX, 'bench/storages/insert-loop.ts', storage, store.address, String(seconds), BATCH_ROWS];
  const bench = ['bench', 'stream', '--json', '--duration', `${seconds}s`, '--batch', '512', '--in-flight', '16'];
  const [peer, value] = await inTurn(
    async () => (await Child.result<PerSecond>(loop)).perSecond,
    () =>
      withBroker(
        storage,
        async (address) =>
          (await Child.result<{ messagesPerSecond: number }>([MAIN, ...bench, '--address', address])).messagesPerSecond,
        { settings: store.settings() },
      ),
  );
  return figure('PublishStream, 100 bytes, acknowledged', storage, value, '/s', ['bare batch inserts', peer]);
}

async function publishUnary(storage: NetworkStorage, store: Store, seconds: number): Promise<Figure> {
  const load =
    (path: string) =>
    async (address: string): Promise<number> => {
      const args = [address, path, String(seconds), '64', '100'];
      return (await Child.result<PerSecond>([...TSX, 'bench/unary-load.ts', ...args])).perSecond;
    };
  const [peer, value] = await inTurn(
    () => withPeer(load('/bench.Peer/Insert'), 'storages/insert-server', storage, store.address),
    () => withBroker(storage, load('/waybill.v1.BrokerService/Publish'), { settings: store.settings() }),
  );
  return figure('Publish, unary, 64 in flight', storage, value, '/s', ['grpc-js and bare batch inserts', peer]);
}

async function acrossReplicas(storage: NetworkStorage, store: Store): Promise<Figure> {
  const settings = store.settings();
  const value = await withBroker(
    storage,
    (publish) =>
      withBroker(
        storage,
        async (subscribe) => {
          const args = [publish, LATENCY_MESSAGES[storage], subscribe, LATENCY_PAUSE_MS[storage]].map(String);
          return (await Child.result<{ p50: number }>([...TSX, 'bench/latency-load.ts', ...args])).p50;
        },
        { settings },
      ),
    { settings },
  );
  return figure('publish → deliver by another replica, p50', storage, value, 'ms');
}

function figure(
  name: string,
  storage: string,
  value: number,
  unit: string,
  peer?: [name: string, value: number],
): Figure {
  return { name, storage, value, unit, ...(peer === undefined ? {} : { peer: { name: peer[0], value: peer[1] } }) };
}
