import { parse } from 'yaml';
import { requireBackendAndTime } from '../../support/backends.js';
import { runKubernetesScript, type ScriptOutcome } from '../../support/kubernetes/kubernetes-script.js';
import { SimulatedCluster } from '../../support/programs/simulated-cluster.js';
import { toolsMissing } from '../../support/tools.js';

/** An Envoy counts as available 35 s after it is ready, and pods take up to their grace period to go. */
const TIMEOUT_MS = 600_000;

interface Deployment {
  readonly status: { readonly availableReplicas?: number };
}

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
}

const missing = toolsMissing('etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager', 'kube-scheduler', 'kwok');
const hint = 'scripts/install-test-tools.sh simulated-cluster';
requireBackendAndTime('simulated-cluster', missing === undefined ? undefined : `${missing}; ${hint}`)(
  'in a cluster whose nodes are simulated',
  () => {
    let cluster: SimulatedCluster;
    beforeAll(async () => {
      cluster = await SimulatedCluster.start();
    });
    afterAll(() => cluster.stop());

    const run = (name: 'up.sh' | 'down.sh' | 'kubectl', ...args: readonly string[]): Promise<ScriptOutcome> =>
      runKubernetesScript(name, args, { kubeconfig: cluster.kubeconfig });
    const inNamespace = (...args: readonly string[]): Promise<ScriptOutcome> =>
      run('kubectl', '--namespace=waybill', ...args);

    /** Those that have not been told to end. */
    async function brokers(): Promise<readonly Pod[]> {
      const { stdout } = await inNamespace('get', 'pods', '--selector=app.kubernetes.io/name=waybill', '--output=json');
      const pods = (parse(stdout) as { items: readonly Pod[] }).items;
      return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    }

    async function available(): Promise<number> {
      const { stdout } = await inNamespace('get', 'deployment', 'waybill', '--output=json');
      return (JSON.parse(stdout) as Deployment).status.availableReplicas ?? 0;
    }

    async function untilComplete(): Promise<void> {
      while ((await brokers()).length !== 3 || (await available()) !== 3);
    }

    /** The fewest available brokers that were seen until the work was done. */
    async function fewestDuring(work: Promise<ScriptOutcome>): Promise<number> {
      let over = false;
      const done = work.then((outcome) => {
        over = true;
        expect(outcome).toMatchObject({ exitCode: 0 });
      });
      let fewest = Number.POSITIVE_INFINITY;
      while (!over) fewest = Math.min(fewest, await available());
      await done;
      return fewest;
    }

    test.each([['embedded'], ['cassandra'], ['redis']])(
      'up.sh %s waits until everything is there, and down.sh until it is gone',
      async (storage) => {
        expect(await run('up.sh', storage)).toMatchObject({ exitCode: 0, stderr: '' });
        expect((await brokers()).length).toBeGreaterThanOrEqual(1);
        expect(await run('down.sh', '--delete-data')).toMatchObject({ exitCode: 0 });
        expect(await run('kubectl', 'get', 'namespace', 'waybill')).toMatchObject({ exitCode: 1 });
      },
      TIMEOUT_MS,
    );

    describe('with brokers on PostgreSQL', () => {
      beforeAll(async () => {
        expect(await run('up.sh', 'postgres', 'monitoring')).toMatchObject({ exitCode: 0, stderr: '' });
        // The autoscaler makes three of one; it needs no metrics for that.
        await untilComplete();
      }, TIMEOUT_MS);

      test('spreads them over all zones', async () => {
        expect(new Set((await brokers()).map(({ spec }) => spec.nodeName)).size).toBe(3);
      });

      test(
        'rolls out a changed setting without ever having fewer',
        async () => {
          const before = new Set((await brokers()).map(({ metadata }) => metadata.name));
          await inNamespace('set', 'env', 'deployment/waybill', 'WAYBILL_LOG_LEVEL=debug');
          const fewest = await fewestDuring(inNamespace('rollout', 'status', 'deployment/waybill'));
          expect(fewest).toBe(3);
          for (const { metadata } of await brokers()) expect(before).not.toContain(metadata.name);
        },
        TIMEOUT_MS,
      );

      test(
        'lets a node be drained with one broker missing at most',
        async () => {
          // Two on one node, so that it must wait for the first before it evicts the second.
          await run('kubectl', 'cordon', 'node-a');
          const [one] = (await brokers()).filter(({ spec }) => spec.nodeName === 'node-a');
          await inNamespace('delete', 'pod', one?.metadata.name ?? '');
          await untilComplete();
          await run('kubectl', 'uncordon', 'node-a');
          const nodes = (await brokers()).map(({ spec }) => spec.nodeName);
          const crowded = nodes.find((node, index) => nodes.indexOf(node) !== index) ?? '';
          const fewest = await fewestDuring(
            run('kubectl', 'drain', crowded, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=300s'),
          );
          expect(fewest).toBe(2);
          expect((await brokers()).map(({ spec }) => spec.nodeName)).not.toContain(crowded);
          await run('kubectl', 'uncordon', crowded);
        },
        TIMEOUT_MS,
      );
    });
  },
);
