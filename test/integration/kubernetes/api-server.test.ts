import { parse } from 'yaml';
import { parseClientsFile } from '../../../src/auth/clients-file.js';
import { parseSecretHash, verifySecret } from '../../../src/auth/secret-hash.js';
import { requireBackendAndTime } from '../../support/backends.js';
import { runKubernetesScript, type ScriptOutcome } from '../../support/kubernetes/kubernetes-script.js';
import { workloadsOf, type Manifest } from '../../support/kubernetes/manifests.js';
import { KubeApiServer } from '../../support/programs/kube-apiserver.js';
import { selfSigned } from '../../support/security/certificate-authority.js';
import { toolsMissing } from '../../support/tools.js';

const ACCEPTED = { exitCode: 0, stderr: '' };

requireBackendAndTime('kubernetes', toolsMissing('kube-apiserver', 'kubectl', 'etcd'))(
  'a Kubernetes API server',
  () => {
    let server: KubeApiServer;
    beforeAll(async () => {
      server = await KubeApiServer.start();
    });
    afterAll(() => server.stop());

    const run = (
      name: 'up.sh' | 'down.sh' | 'kubectl',
      args: readonly string[],
      input?: string,
    ): Promise<ScriptOutcome> =>
      runKubernetesScript(name, args, { kubeconfig: server.kubeconfig, ...(input === undefined ? {} : { input }) });
    const up = (...args: readonly string[]): Promise<ScriptOutcome> => run('up.sh', ['--no-wait', ...args]);
    const down = (...args: readonly string[]): Promise<ScriptOutcome> => run('down.sh', ['--no-wait', ...args]);
    const apply = (manifest: unknown): Promise<ScriptOutcome> =>
      run('kubectl', ['apply', '--validate=strict', '--filename=-'], JSON.stringify(manifest));

    async function objects(kinds: string): Promise<readonly Manifest[]> {
      const { stdout } = await run('kubectl', ['get', kinds, '--namespace=waybill', '--output=json']);
      return (parse(stdout) as { items: readonly Manifest[] }).items;
    }

    async function secrets(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
      const found = await objects('secrets');
      return Object.fromEntries(
        found.map(({ metadata, data = {} }) => [
          metadata.name,
          Object.fromEntries(
            Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
          ),
        ]),
      );
    }

    afterEach(async () => {
      // Without controllers nobody removes what is in a namespace that is deleted, so it is emptied here.
      expect(await down()).toMatchObject({ exitCode: 0 });
    });

    test.each(
      [
        ['embedded'],
        ['postgres'],
        ['cassandra'],
        ['cassandra', '--own-storage'],
        ['redis'],
        ['embedded', 'monitoring'],
        ['postgres', 'monitoring', '--image', 'registry.example.org:5000/team/waybill:1.2.3'],
      ].map((way) => [way.join(' '), way] as const),
    )('accepts %s without a warning, and each Secret that its pods name is there', async (_title, way) => {
      expect(await up(...way)).toMatchObject(ACCEPTED);
      const workloads = workloadsOf(await objects('deployments,statefulsets'));
      expect(workloads.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['waybill', 'envoy']));
      const existing = await secrets();
      for (const { spec } of workloads) {
        for (const { secret } of spec.template.spec.volumes ?? []) {
          if (secret === undefined) continue;
          const keys = Object.keys(existing[secret.secretName] ?? {});
          expect(keys).toEqual(expect.arrayContaining((secret.items ?? []).map(({ key }) => key)));
          expect(keys).not.toEqual([]);
        }
      }
    });

    test('refuses what up.sh would apply when a field is misspelt', async () => {
      const { stdout } = await run('up.sh', ['--print', 'embedded']);
      expect(await up('embedded')).toMatchObject(ACCEPTED);
      const check = ['apply', '--server-side', '--dry-run=server', '--filename=-'];
      expect(await run('kubectl', check, stdout)).toMatchObject(ACCEPTED);
      expect(await run('kubectl', check, stdout.replace('readinessProbe:', 'readynessProbe:'))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('readynessProbe'),
      });
    });

    test('finds a second time nothing to change, and keeps the Secrets', async () => {
      await up('redis', 'monitoring');
      const secretsBefore = await secrets();
      const before = await objects('all,configmaps,networkpolicies,poddisruptionbudgets');
      expect(await up('redis', 'monitoring')).toMatchObject(ACCEPTED);
      expect(await secrets()).toEqual(secretsBefore);
      expect(await objects('all,configmaps,networkpolicies,poddisruptionbudgets')).toEqual(before);
    });

    test('gets a client with a random secret, of which only the hash is in the file of clients', async () => {
      await up('embedded');
      const { 'waybill-clients': file, 'waybill-admin': admin } = await secrets();
      const { clients, problems } = parseClientsFile(file?.['clients.yaml'] ?? '');
      expect(problems).toEqual([]);
      expect(clients).toMatchObject([{ id: 'admin' }]);
      const { secretHash } = (parse(file?.['clients.yaml'] ?? '') as { clients: [{ secretHash: string }] }).clients[0];
      expect(file?.['clients.yaml']).not.toContain(admin?.['password']);
      expect(await verifySecret(admin?.['password'] ?? '', parseSecretHash(secretHash))).toBe(true);
      expect(await verifySecret('another', parseSecretHash(secretHash))).toBe(false);
    });

    test('gets a password of the storage that fits its URL, and another one when it is made anew', async () => {
      await up('postgres');
      const { 'waybill-postgres': postgres } = await secrets();
      expect(new URL(postgres?.['url'] ?? '')).toMatchObject({
        host: 'postgres:5432',
        password: postgres?.['password'],
      });
      expect(postgres?.['password']).toMatch(/^[0-9a-f]{48}$/);
      await run('kubectl', ['delete', 'secret', 'waybill-postgres', '--namespace=waybill']);
      await up('postgres');
      expect((await secrets())['waybill-postgres']?.['password']).not.toBe(postgres?.['password']);
    });

    test('speaks TLS to clients once it has the Secret for that', async () => {
      await run('kubectl', ['delete', 'secret', 'waybill-tls', '--namespace=waybill', '--ignore-not-found']);
      expect(await up('embedded', '--tls')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('the Secret waybill-tls'),
      });
      const { cert, key } = selfSigned({ commonName: 'waybill.example.org' });
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { name: 'waybill-tls', namespace: 'waybill' },
        stringData: { 'tls.crt': cert, 'tls.key': key },
      };
      expect(await apply(secret)).toMatchObject(ACCEPTED);
      expect(await up('embedded', '--tls')).toMatchObject(ACCEPTED);
    });

    test('is not given a second storage beside the first, nor one of the operator without its Secret', async () => {
      await up('embedded');
      const second = await up('cassandra');
      expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Waybill runs on embedded here') });
      await down();
      await run('kubectl', ['delete', 'secret', 'waybill-redis', '--namespace=waybill', '--ignore-not-found']);
      const unnamed = await up('redis', '--own-storage');
      expect(unnamed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the Secret waybill-redis') });
      expect(workloadsOf(await objects('deployments,statefulsets'))).toEqual([]);
    });

    test('is left with the Secrets and volumes, unless these are to go too', async () => {
      await up('embedded');
      const claim = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data-waybill-0', namespace: 'waybill' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      };
      expect(await apply(claim)).toMatchObject(ACCEPTED);
      expect(await down()).toMatchObject(ACCEPTED);
      expect(workloadsOf(await objects('deployments,statefulsets'))).toEqual([]);
      expect((await objects('persistentvolumeclaims')).map(({ metadata }) => metadata.name)).toEqual([
        'data-waybill-0',
      ]);
      expect(Object.keys(await secrets())).toContain('waybill-clients');
    });

    test('refuses a privileged pod in the namespace, and warns of a Deployment of such', async () => {
      await up('embedded');
      const containers = [{ name: 'any', image: 'any', securityContext: { privileged: true } }];
      const metadata = { name: 'privileged', namespace: 'waybill' };
      const pod = await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } });
      expect(pod).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('violates PodSecurity "restricted:latest"'),
      });
      const labels = { app: 'privileged' };
      const deployment = await apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
      });
      expect(deployment).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining('Warning: would violate PodSecurity'),
      });
      await run('kubectl', ['delete', 'deployment', 'privileged', '--namespace=waybill']);
    });

    test('refuses a pod of a broker that may write its root or gain rights', async () => {
      await up('embedded');
      const [broker] = workloadsOf(await objects('statefulsets'));
      const { metadata, spec } = broker!.spec.template;
      const [container] = spec.containers;
      const podOf = (securityContext: object): unknown => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name: 'broker', namespace: 'waybill' },
        // The volume comes from the claim of the StatefulSet.
        spec: {
          ...spec,
          volumes: [...(spec.volumes ?? []), { name: 'data', emptyDir: {} }],
          containers: [{ ...container, securityContext: { ...container?.securityContext, ...securityContext } }],
        },
      });
      expect(
        await run('kubectl', ['create', '--dry-run=server', '--filename=-'], JSON.stringify(podOf({}))),
      ).toMatchObject(ACCEPTED);
      const gaining = JSON.stringify(podOf({ allowPrivilegeEscalation: true }));
      expect(await run('kubectl', ['create', '--dry-run=server', '--filename=-'], gaining)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('allowPrivilegeEscalation'),
      });
    });

    test('runs the image that up.sh is told', async () => {
      const imageOf = async (...args: readonly string[]): Promise<string | undefined> => {
        await up('embedded', ...args);
        const [broker] = workloadsOf(await objects('statefulsets'));
        return broker?.spec.template.spec.containers[0]?.image;
      };
      expect(await imageOf()).toBe('waybill:0.1.0');
      expect(await imageOf('--image', 'host:5000/waybill:2')).toBe('host:5000/waybill:2');
      expect(await imageOf('--image', 'host:5000/waybill')).toBe('host:5000/waybill:0.1.0');
      const digest = `host/waybill@sha256:${'0'.repeat(64)}`;
      expect(await imageOf('--image', digest)).toBe(digest);
    });

    test('makes the brokers trace that were there before the monitoring', async () => {
      await up('embedded');
      const restarted = async (): Promise<unknown> => {
        const broker = (await objects('statefulsets')).find(({ metadata }) => metadata.name === 'waybill');
        return broker?.spec?.template?.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'];
      };
      expect(await restarted()).toBeUndefined();
      expect(await up('embedded', 'monitoring')).toMatchObject(ACCEPTED);
      const at = await restarted();
      expect(at).toEqual(expect.any(String));
      expect(await up('embedded', 'monitoring')).toMatchObject(ACCEPTED);
      expect(await restarted()).toBe(at);
    });

    test('is left with nothing when the data are to go too', async () => {
      await up('embedded');
      expect(await down('--delete-data')).toMatchObject(ACCEPTED);
      const { stdout } = await run('kubectl', ['get', 'namespace', 'waybill', '--output=jsonpath={.status.phase}']);
      // Whose contents a controller would remove.
      expect(stdout).toBe('Terminating');
    });
  },
);
