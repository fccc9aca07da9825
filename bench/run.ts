/**
 * `npm run bench`: how fast the broker is on this machine, beside a peer that does the bare minimum of the same work in
 * the same run. Server and load share the machine's cores. `--json` prints one object per line, `--seconds N` sets how
 * long each figure is measured (default 5), `--only NAME` runs what begins with NAME.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Child } from './child.js';
import { printFigure, type Figure } from './figure.js';
import { measureStorages } from './storages/measure-storages.js';
import { MAIN, TSX, withBroker, withPeer } from './with-broker.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
type Load = (address: string) => Promise<number>;

const load = (
  file: string,
  ...args: readonly (string | number)[]
): Promise<{ perSecond: number; p50: number; p99: number }> =>
  Child.result([...TSX, `bench/${file}.ts`, ...args.map(String)]);

const own = async (scenario: string, address: string, ...args: readonly string[]): Promise<number> => {
  const flags = ['--address', address, '--json', ...args];
  return (await Child.result<{ messagesPerSecond: number }>([MAIN, 'bench', scenario, ...flags])).messagesPerSecond;
};

const print = (figure: Figure): void => printFigure(figure, options.json);

async function measure(name: string, storage: string, unit: string, run: Load, peer?: Figure['peer']): Promise<void> {
  process.stderr.write(`${name} on ${storage} …\n`);
  const value = await withBroker(storage, run);
  print({ name, storage, value, unit, ...(peer === undefined ? {} : { peer }) });
}

const SECONDS = options.seconds;
const DURATION = ['--duration', `${SECONDS}s`];
const PAIRS = 5;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Peer and broker in turn, so that a machine that changes its speed changes both. */
async function measureInTurn(
  name: string,
  storage: string,
  unit: string,
  peerName: string,
  peer: Load,
  run: Load,
): Promise<void> {
  process.stderr.write(`${name} on ${storage} …\n`);
  const peers: number[] = [];
  const values: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    peers.push(await withPeer(peer));
    values.push(await withBroker(storage, run));
  }
  print({ name, storage, value: median(values), unit, peer: { name: peerName, value: median(peers) } });
}

const unary = (path: string): Load => {
  return async (address) => (await load('unary-load', address, path, SECONDS, 64, 100)).perSecond;
};
const fanout = (server: 'waybill' | 'peer'): Load => {
  return async (address) => (await load('fanout-load', address, server, SECONDS, 100, 4)).perSecond;
};

async function measureWrites(name: string, connections: number, depth: number): Promise<void> {
  process.stderr.write(`${name} on embedded …\n`);
  const run: Load = async (address) =>
    (await load('event-bus/write-load', address, SECONDS, connections, depth)).perSecond;
  const peer = { name: 'a line of LMDB each', value: await withPeer(run, 'event-bus/line-peer') };
  print({ name, storage: 'embedded', value: await withBroker('embedded', run, { protocol: 'tcp' }), unit: '/s', peer });
}

const LARGE_STREAM = 1_000_000;

async function measureLargeStream(): Promise<void> {
  process.stderr.write(`a stream of ${LARGE_STREAM} events on embedded …\n`);
  const args = [...TSX, 'bench/event-bus/large-stream.ts'];
  const figures = await withBroker(
    'embedded',
    (address) => Child.result<Record<string, { p50: number; p99: number }>>([...args, address, String(LARGE_STREAM)]),
    { protocol: 'tcp' },
  );
  for (const [operation, { p50, p99 }] of Object.entries(figures)) {
    const name = `${operation} among ${LARGE_STREAM} events`;
    print({ name: `${name}, p50`, storage: 'embedded', value: p50, unit: 'ms' });
    print({ name: `${name}, p99`, storage: 'embedded', value: p99, unit: 'ms' });
  }
}

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  async stream() {
    const name = 'PublishStream, 100 bytes, acknowledged';
    const run: Load = (address) => own('stream', address, ...DURATION, '--batch', '512', '--in-flight', '16');
    const { perSecond } = await load('lmdb-loop', SECONDS);
    await measure(name, 'embedded', '/s', run, { name: 'bare lmdb rows', value: perSecond });
    await measure(name, 'memory', '/s', run);
  },
  async replay() {
    const run: Load = (address) => own('subscribe', address, '--count', '2000000');
    for (const storage of ['embedded', 'memory']) await measure('Subscribe, replay', storage, '/s', run);
  },
  async unary() {
    const name = 'Publish, unary, 64 in flight';
    for (const storage of ['memory', 'embedded']) {
      const run = unary('/waybill.v1.BrokerService/Publish');
      await measureInTurn(name, storage, '/s', 'grpc-js echo', unary('/bench.Peer/Echo'), run);
    }
    await measureInTurn(
      'broker.Broker/Publish, 64 in flight',
      'memory',
      '/s',
      'grpc-js echo',
      unary('/bench.Peer/Echo'),
      unary('/broker.Broker/Publish'),
    );
  },
  async fanout() {
    await measureInTurn(
      'broker.Broker/Subscribe, 100 streams',
      'memory',
      '/s',
      'ServerWritableStream.write',
      fanout('peer'),
      fanout('waybill'),
    );
  },
  async latency() {
    for (const storage of ['memory', 'embedded']) {
      const echo: Load = async (address) =>
        1000 / (await load('unary-load', address, '/bench.Peer/Echo', 1, 1, 100)).perSecond;
      const run: Load = async (address) => (await load('latency-load', address, 5000)).p50;
      await measureInTurn('publish → deliver, p50', storage, 'ms', 'one grpc-js echo', echo, run);
    }
  },
  async bus() {
    await measureWrites('write_event, 1 connection, 100 deep', 1, 100);
    await measureWrites('write_event, 64 connections', 64, 1);
    await measureWrites('write_event, one by one', 1, 1);
    await measureLargeStream();
  },
  storages: () => measureStorages(Number(SECONDS), print),
};

async function main(): Promise<void> {
  if (!options.json) {
    process.stdout.write(
      `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}; server and load share them\n`,
    );
  }
  for (const [name, bench] of Object.entries(BENCHES)) if (name.startsWith(options.only)) await bench();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
