import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../services/free-port.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { findTool } from '../tools.js';
import { Etcd } from './etcd.js';

/**
 * A Kubernetes API server with its etcd and without controllers: it checks and keeps objects, and admits pods by the
 * level of their namespace, but nothing makes pods of a Deployment, and no pod runs.
 */
export class KubeApiServer {
  /** For `kubectl --kubeconfig`, as a member of `system:masters`. */
  readonly kubeconfig: string;
  readonly #process: ServiceProcess;
  readonly #etcd: Etcd;

  private constructor(kubeconfig: string, process: ServiceProcess, etcd: Etcd) {
    this.kubeconfig = kubeconfig;
    this.#process = process;
    this.#etcd = etcd;
  }

  static async start(): Promise<KubeApiServer> {
    const etcd = await Etcd.start();
    try {
      return await startOn(etcd, (kubeconfig, process) => new KubeApiServer(kubeconfig, process, etcd));
    } catch (error) {
      await etcd.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await this.#etcd.stop();
  }
}

async function startOn(
  etcd: Etcd,
  make: (kubeconfig: string, process: ServiceProcess) => KubeApiServer,
): Promise<KubeApiServer> {
  const folder = ServiceFolder.create('kube-apiserver');
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const file = (name: string, content: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const kubeconfig = file('kubeconfig', JSON.stringify(configOf(`https://127.0.0.1:${port}`, token)));
  const process = await ServiceProcess.start({
    name: `kube-apiserver at 127.0.0.1:${port}`,
    command: [
      findTool('kube-apiserver').command,
      `--etcd-servers=${etcd.url}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${folder.subfolder('certificates')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('accounts.pub', keys.publicKey)}`,
      `--service-account-signing-key-file=${file('accounts.key', keys.privateKey)}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${file('tokens.csv', `${token},admin,admin,system:masters\n`)}`,
      // It waits for the account `default`, which a controller would make.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      // So that privileged pods are refused by the level of their namespace and not here.
      '--allow-privileged=true',
    ],
    folder,
    stopSignal: 'SIGTERM',
    probe: async () => {
      await promisify(execFile)(findTool('kubectl').command, [`--kubeconfig=${kubeconfig}`, 'get', '--raw=/readyz']);
    },
  });
  return make(kubeconfig, process);
}

function configOf(server: string, token: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}
