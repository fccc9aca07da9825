import { findTool } from '../tools.js';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';

/** What a Kubernetes API server keeps its objects in. */
export class Etcd {
  readonly url: string;
  readonly #process: ServiceProcess;

  private constructor(url: string, process: ServiceProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<Etcd> {
    const folder = ServiceFolder.create('etcd');
    const url = `http://127.0.0.1:${await freePort()}`;
    const peers = `http://127.0.0.1:${await freePort()}`;
    const process = await ServiceProcess.start({
      name: `etcd at ${url}`,
      command: [
        findTool('etcd').command,
        `--data-dir=${folder.subfolder('data')}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peers}`,
        `--initial-advertise-peer-urls=${peers}`,
        `--initial-cluster=default=${peers}`,
      ],
      folder,
      stopSignal: 'SIGTERM',
      probe: async () => {
        const { ok, status } = await fetch(`${url}/health`);
        if (!ok) throw new Error(`its health is ${status}`);
      },
    });
    return new Etcd(url, process);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
