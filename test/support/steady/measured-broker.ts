import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { ServerProcess } from '../server-process.js';

const PRELOAD = join(__dirname, '../tell-memory-on-signal.cjs');

/** A broker process that tells what it holds in memory. */
export class MeasuredBroker {
  readonly client: WaybillClient;
  readonly #process: ServerProcess;
  #measured = 0;

  private constructor(process: ServerProcess, client: WaybillClient) {
    this.#process = process;
    this.client = client;
  }

  /** @param flags of `waybill serve` */
  static async start(flags: readonly string[]): Promise<MeasuredBroker> {
    const process = ServerProcess.spawn({ flags, environment: { NODE_OPTIONS: `--require=${PRELOAD}` } });
    const [, address = ''] = /grpc (\S+),/.exec(await process.ready()) ?? [];
    return new MeasuredBroker(process, connect({ address, ownConnection: true }));
  }

  /** Bytes of objects that are in use, once garbage is collected. */
  async heapBytes(): Promise<number> {
    this.#process.kill('SIGUSR2');
    const line = await this.#process.printed(`memory ${++this.#measured}: `);
    return Number(/: (\d+) bytes/.exec(line)?.[1]);
  }

  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid ?? 0}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  async dispose(): Promise<void> {
    this.client.close();
    await this.#process.dispose();
  }
}
