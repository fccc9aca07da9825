import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.js';

export const MAIN = 'dist/main.js';
/** What Node needs to run a file of the bench. */
export const TSX = ['--import', 'tsx'];

interface BrokerOptions {
  /** Whose address `work` gets. */
  readonly protocol?: 'grpc' | 'tcp';
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs `work` against a broker; on the embedded storage and in memory that is an empty one of its own. */
export async function withBroker<T>(
  storage: string,
  work: (address: string) => Promise<T>,
  { protocol = 'grpc', settings = {} }: BrokerOptions = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const env = {
    WAYBILL_STORAGE: storage,
    WAYBILL_EMBEDDED_PATH: folder,
    WAYBILL_GRPC_ADDRESS: '127.0.0.1:0',
    WAYBILL_ADMIN_ADDRESS: 'off',
    WAYBILL_TCP_ADDRESS: '127.0.0.1:0',
    WAYBILL_CLIENTS: 'bench:bench-secret',
    // Memory holds what a run publishes; the defaults are for a server that lives longer.
    WAYBILL_MEMORY_MAX_SUBJECT_BYTES: '2GiB',
    WAYBILL_MEMORY_MAX_TOTAL_BYTES: '2GiB',
    ...settings,
  };
  const { child, address } = await Child.server(
    [MAIN, 'serve'],
    env,
    (line) => new RegExp(`ready: .*?${protocol} ([^,]+)`).exec(line)?.[1],
  );
  try {
    return await work(address);
  } finally {
    await child.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Runs `work` against a server of the bench. */
export async function withPeer<T>(
  work: (address: string) => Promise<T>,
  file = 'echo-server',
  ...args: readonly string[]
): Promise<T> {
  const { child, address } = await Child.server(
    [...TSX, `bench/${file}.ts`, ...args],
    {},
    (line) => /^ready (.+)$/.exec(line)?.[1],
  );
  try {
    return await work(address);
  } finally {
    await child.stop();
  }
}
