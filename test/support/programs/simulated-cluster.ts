import { get } from 'node:https';
import { join } from 'node:path';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { runKubernetesScript } from '../kubernetes/kubernetes-script.js';
import { findTool, type ToolName } from '../tools.js';
import { KubeApiServer } from './kube-apiserver.js';

/** Zones, each with one node. */
const ZONES = ['a', 'b', 'c'];
const VOLUMES = 6;

const STAGES = join(__dirname, '..', 'kubernetes', 'kwok-stages.yaml');

/**
 * A control plane with three nodes and some volumes that kwok pretends: pods are scheduled, say that they are ready at once,
 * and go when they are deleted, but run nothing. So neither probes nor network policies have an effect.
 */
export class SimulatedCluster {
  readonly kubeconfig: string;
  readonly #server: KubeApiServer;
  readonly #others: readonly ServiceProcess[];

  private constructor(server: KubeApiServer, others: readonly ServiceProcess[]) {
    this.kubeconfig = server.kubeconfig;
    this.#server = server;
    this.#others = others;
  }

  static async start(): Promise<SimulatedCluster> {
    const server = await KubeApiServer.start();
    const others: ServiceProcess[] = [];
    const cluster = new SimulatedCluster(server, others);
    try {
      others.push(
        await startController('kube-controller-manager', server.kubeconfig, [
          '--use-service-account-credentials=false',
          // Nobody sends heartbeats.
          '--node-monitor-grace-period=24h',
        ]),
        await startController('kube-scheduler', server.kubeconfig, []),
        await startKwok(server.kubeconfig),
      );
      await createNodesAndVolumes(server.kubeconfig);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const process of this.#others) await process.stop();
    await this.#server.stop();
  }
}

async function startController(
  name: ToolName & ('kube-controller-manager' | 'kube-scheduler'),
  kubeconfig: string,
  flags: readonly string[],
): Promise<ServiceProcess> {
  const port = await freePort();
  return ServiceProcess.start({
    name,
    command: [
      findTool(name).command,
      `--kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      '--leader-elect=false',
      ...flags,
    ],
    folder: ServiceFolder.create(name),
    stopSignal: 'SIGTERM',
    probe: () => isHealthy(`https://127.0.0.1:${port}/healthz`),
  });
}

async function startKwok(kubeconfig: string): Promise<ServiceProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  return ServiceProcess.start({
    name: 'kwok',
    command: [
      findTool('kwok').command,
      `--kubeconfig=${kubeconfig}`,
      `--config=${STAGES}`,
      '--manage-all-nodes=true',
      `--server-address=${address}`,
      '--cidr=10.0.1.0/24',
      '--node-ip=127.0.0.1',
    ],
    folder: ServiceFolder.create('kwok'),
    stopSignal: 'SIGTERM',
    probe: async () => {
      const { ok, status } = await fetch(`http://${address}/healthz`);
      if (!ok) throw new Error(`its health is ${status}`);
    },
  });
}

/** Its certificate is of its own making. */
function isHealthy(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`its health is ${response.statusCode}`));
    }).on('error', reject);
  });
}

async function createNodesAndVolumes(kubeconfig: string): Promise<void> {
  const nodes = ZONES.map((zone) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${zone}`,
      labels: { 'kubernetes.io/hostname': `node-${zone}`, 'topology.kubernetes.io/zone': zone },
    },
    status: {
      allocatable: { cpu: '16', memory: '64Gi', pods: '110' },
      capacity: { cpu: '16', memory: '64Gi', pods: '110' },
    },
  }));
  const volumes = Array.from({ length: VOLUMES }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `volume-${index}` },
    spec: { capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: `/volumes/${index}` } },
  }));
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...nodes, ...volumes] });
  const { exitCode, stderr } = await runKubernetesScript('kubectl', ['create', '--filename=-'], { kubeconfig, input });
  if (exitCode !== 0) throw new Error(stderr);
}
