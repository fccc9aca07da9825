import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServerProcess } from '../server-process.js';
import { CREDENTIALS, type TracedCalls } from '../traced-calls.js';

const run = promisify(execFile);
const APPLICATION = join(__dirname, '../traced-application.ts');

/** A server process that traces, with everything open that calls can come in by. */
export class TracedBroker {
  readonly process: ServerProcess;
  readonly grpc: string;
  readonly eventBus: string;

  private constructor(process: ServerProcess, grpc: string, eventBus: string) {
    this.process = process;
    this.grpc = grpc;
    this.eventBus = eventBus;
  }

  /** @param environment of tracing */
  static async start(environment: Readonly<Record<string, string>>): Promise<TracedBroker> {
    const process = ServerProcess.spawn({
      flags: ['--tcp-address', '127.0.0.1:0'],
      environment: { WAYBILL_CLIENTS: `${CREDENTIALS.clientId}:${CREDENTIALS.clientSecret}`, ...environment },
    });
    try {
      const [, grpc = '', eventBus = ''] = /grpc (\S+),.* tcp (\S+),/.exec(await process.ready()) ?? [];
      return new TracedBroker(process, grpc, eventBus);
    } catch (error) {
      await process.dispose();
      throw error;
    }
  }

  /**
   * Runs the application against it until it has ended.
   *
   * @param collector `http://host:port` of OTLP over gRPC, where the application's spans go
   * @param grpc where it calls; a proxy in front of the broker, for instance
   */
  async runApplication(collector: string, grpc = this.grpc): Promise<TracedCalls> {
    const { stdout } = await run(process.execPath, [
      ...['--require', 'tsx/cjs', APPLICATION],
      ...[grpc, this.eventBus, collector],
    ]);
    return JSON.parse(stdout) as TracedCalls;
  }

  /** Stops it in good order, which exports the rest of its spans. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    expect(await this.process.exited).toEqual({ code: 0, signal: null });
  }

  dispose(): Promise<void> {
    return this.process.dispose();
  }
}
