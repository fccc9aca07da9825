import { ServerProcess } from '../server-process.js';

/** A server process in memory with its addresses, for tests of what it offers to whom. */
export class SwitchedServer {
  private constructor(
    readonly process: ServerProcess,
    readonly grpc: string,
    /** `http://host:port` */
    readonly admin: string,
    /** Empty where the event bus does not listen. */
    readonly tcp: string,
  ) {}

  /**
   * @param flags of `waybill serve`, besides those of storage and addresses
   * @param environment of the process, which has none of its own
   */
  static async start(
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<SwitchedServer> {
    const process = ServerProcess.spawn({ flags: ['--tcp-address', '127.0.0.1:0', ...flags], environment });
    try {
      const line = await process.ready();
      const [, grpc = '', admin = ''] = /grpc (\S+), admin (\S+),/.exec(line) ?? [];
      const [, tcp = ''] = /, tcp (\S+),/.exec(line) ?? [];
      return new SwitchedServer(process, grpc, admin, tcp);
    } catch (error) {
      await process.dispose();
      throw error;
    }
  }

  /** For the end of a test, whatever state it is in. */
  async dispose(): Promise<void> {
    await this.process.dispose();
  }
}
