import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { requireBackend } from '../../support/backends.js';
import {
  portNames,
  printedManifests,
  selected,
  workload,
  workloadsOf,
  type Manifest,
  type Selector,
} from '../../support/kubernetes/manifests.js';
import { toolsMissing } from '../../support/tools.js';

const ROOT = join(__dirname, '..', '..', '..');

/** Every way to bring Waybill up. */
const WAYS: readonly (readonly string[])[] = [
  ['embedded'],
  ['postgres'],
  ['postgres', '--own-storage'],
  ['cassandra'],
  ['cassandra', '--own-storage'],
  ['redis'],
  ['redis', '--own-storage'],
  ['postgres', 'monitoring'],
  ['redis', '--tls'],
];

/** What `up.sh` makes, or the operator. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  'waybill-clients': ['clients.yaml'],
  'waybill-postgres': ['url', 'password'],
  'waybill-redis': ['url', 'password', 'redis.conf'],
  'grafana-admin': ['password'],
  'waybill-tls': ['tls.crt', 'tls.key'],
};

/** Printed once for all tests. */
const printed = new Map<readonly string[], Promise<readonly Manifest[]>>();

function manifestsOf(way: readonly string[]): Promise<readonly Manifest[]> {
  const manifests = printed.get(way) ?? printedManifests(...way);
  printed.set(way, manifests);
  return manifests;
}

requireBackend('kubernetes', toolsMissing('kubectl'))('the manifests for Kubernetes', () => {
  describe.each(WAYS.map((way) => [way.join(' '), way] as const))('of %s', (_title, way) => {
    let manifests: readonly Manifest[];
    beforeAll(async () => {
      manifests = await manifestsOf(way);
    });

    const ofKind = (kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
    const named = (kind: string, name: string): Manifest | undefined =>
      ofKind(kind).find(({ metadata }) => metadata.name === name);

    test('are all in the namespace waybill, and nothing is there twice', () => {
      const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
      for (const { kind, metadata } of manifests) {
        if (kind !== 'Namespace')
          expect([kind, metadata.name, metadata.namespace]).toEqual([kind, metadata.name, 'waybill']);
      }
    });

    test('refer to ConfigMaps that are there and to Secrets that the operator or up.sh makes', () => {
      for (const { spec } of workloadsOf(manifests)) {
        const { containers, volumes = [] } = spec.template.spec;
        const configMaps = [
          ...containers.flatMap(({ envFrom = [] }) =>
            envFrom.flatMap(({ configMapRef }) => (configMapRef?.optional === true ? [] : (configMapRef?.name ?? []))),
          ),
          ...volumes.flatMap(({ configMap }) => configMap?.name ?? []),
        ];
        for (const name of configMaps) expect([name, named('ConfigMap', name)?.kind]).toEqual([name, 'ConfigMap']);
        for (const { projected } of volumes) {
          for (const { configMap } of projected?.sources ?? []) {
            const data = named('ConfigMap', configMap?.name ?? '')?.data ?? {};
            for (const { key } of configMap?.items ?? []) expect(Object.keys(data)).toContain(key);
          }
        }
        for (const { secret } of volumes) {
          if (secret === undefined) continue;
          expect(Object.keys(SECRETS)).toContain(secret.secretName);
          for (const { key } of secret.items ?? []) expect(SECRETS[secret.secretName]).toContain(key);
        }
        for (const { valueFrom } of containers.flatMap(({ env = [] }) => env)) {
          const reference = valueFrom?.secretKeyRef;
          if (reference !== undefined && reference.optional !== true) {
            expect(SECRETS[reference.name]).toContain(reference.key);
          }
        }
      }
    });

    test('hold no secret', () => {
      expect(ofKind('Secret')).toEqual([]);
      for (const { data = {} } of ofKind('ConfigMap')) {
        for (const text of Object.values(data))
          expect(text).not.toMatch(/password *[:=] *[^\s$]|:\/\/[^/\s:]+:[^/\s@]+@/i);
      }
    });

    test('have Services for pods that are there, at ports that these have', () => {
      for (const { metadata, spec } of ofKind('Service')) {
        const pods = selected(manifests, { matchLabels: spec?.selector as Record<string, string> });
        expect([metadata.name, pods.length]).toEqual([metadata.name, 1]);
        for (const { targetPort } of spec?.ports ?? []) expect(portNames(pods[0]!)).toContain(targetPort);
      }
    });

    test('have disruption budgets and an autoscaler for workloads that are there', () => {
      for (const { spec } of ofKind('PodDisruptionBudget')) {
        expect(selected(manifests, spec?.selector as Selector)).toHaveLength(1);
      }
      const scaled = ofKind('HorizontalPodAutoscaler').map(({ spec }) => spec?.scaleTargetRef);
      for (const target of scaled) {
        const { spec } = named(target?.kind ?? '', target?.name ?? '')!;
        expect(spec?.replicas).toBeUndefined();
      }
      expect(scaled).toHaveLength(way.includes('embedded') ? 0 : 1);
    });

    test('deny what no NetworkPolicy allows, and allow it to pods and ports that are there', () => {
      const policies = ofKind('NetworkPolicy');
      expect(policies.some(({ spec }) => isEmpty(spec?.podSelector) && spec?.policyTypes?.length === 2)).toBe(true);
      for (const { metadata, spec } of policies) {
        const subjects = selected(manifests, spec?.podSelector ?? {});
        expect([metadata.name, subjects.length > 0]).toEqual([metadata.name, true]);
        for (const [rules, direction] of [
          [spec?.ingress ?? [], 'from'],
          [spec?.egress ?? [], 'to'],
        ] as const) {
          for (const rule of rules) {
            const peers = (rule[direction] ?? []).flatMap(({ podSelector }) => {
              if (podSelector === undefined) return [];
              const pods = selected(manifests, podSelector);
              expect([metadata.name, pods.length > 0]).toEqual([metadata.name, true]);
              return pods;
            });
            const listeners = direction === 'from' ? subjects : peers;
            for (const { port } of rule.ports ?? []) {
              if (typeof port === 'string') for (const pod of listeners) expect(portNames(pod)).toContain(port);
            }
          }
        }
      }
    });

    test('give every container probes, limits and a root that cannot be written, and no pod a token', () => {
      for (const { metadata, spec } of workloadsOf(manifests)) {
        const pod = spec.template.spec;
        expect([metadata.name, pod.automountServiceAccountToken, pod.enableServiceLinks]).toEqual([
          metadata.name,
          false,
          false,
        ]);
        for (const container of pod.containers) {
          expect(container).toMatchObject({
            securityContext: { readOnlyRootFilesystem: true },
            resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
            startupProbe: expect.anything(),
            readinessProbe: expect.anything(),
            livenessProbe: expect.anything(),
          });
          expect(container.resources?.limits).toHaveProperty('memory');
          expect(container.image).toMatch(/:[\w.-]+$/);
        }
      }
    });

    test('configure a broker that asks for credentials and can be reached where its ports say', () => {
      const { spec } = workload(manifests, 'waybill');
      const config = configOf(manifests);
      const [container] = spec.template.spec.containers;
      const ports = Object.fromEntries(container?.ports?.map(({ name, containerPort }) => [name, containerPort]) ?? []);
      expect(config).toMatchObject({
        authRequired: true,
        storage: { kind: way[0] },
        grpc: { address: { host: '0.0.0.0', port: ports['grpc'] } },
        tcp: { address: { host: '0.0.0.0', port: ports['event-bus'] } },
        admin: { address: { host: '0.0.0.0', port: ports['admin'] } },
        tracing: { exporter: way.includes('monitoring') ? 'otlp' : 'none' },
      });
    });

    test('give a broker longer to end than its drain takes', () => {
      const { spec } = workload(manifests, 'waybill');
      const graceMs = (spec.template.spec.terminationGracePeriodSeconds ?? 30) * 1000;
      const { drainDelayMs, shutdownTimeoutMs } = configOf(manifests);
      expect(graceMs).toBeGreaterThanOrEqual(drainDelayMs + shutdownTimeoutMs + 10_000);
    });

    test('let Envoy listen at its ports and find the brokers by a Service without an address', () => {
      const envoy = workload(manifests, 'envoy');
      const [name] = (envoy.spec.template.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
      const text = named('ConfigMap', name ?? '')?.data?.['envoy.yaml'] ?? '';
      const copy = way.includes('--tls') ? 'k8s/components/tls/envoy.yaml' : 'envoy.yaml';
      expect(text).toBe(readFileSync(join(ROOT, copy), 'utf8'));
      const { listeners, clusters } = (parse(text, { merge: true }) as { static_resources: EnvoyResources })
        .static_resources;
      const listening = listeners.map(({ address }) => address.socket_address.port_value);
      const [container] = envoy.spec.template.spec.containers;
      expect(container?.ports?.map(({ containerPort }) => containerPort).toSorted(byNumber)).toEqual(
        listening.toSorted(byNumber),
      );
      for (const { name: cluster, load_assignment } of clusters) {
        const { address, port_value } = load_assignment.endpoints[0]!.lb_endpoints[0]!.endpoint.address.socket_address;
        if (address === '127.0.0.1' || (cluster === 'jaeger' && !way.includes('monitoring'))) continue;
        const service = named('Service', address);
        expect(service?.spec?.ports?.map(({ port }) => port)).toContain(port_value);
        if (address === 'waybill') {
          expect(service?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
        }
      }
    });
  });

  test('run this version of Waybill, and of everything else the one that the compose files run', async () => {
    const images = new Map<string, Set<string>>();
    for (const way of WAYS) {
      for (const { spec } of workloadsOf(await manifestsOf(way))) {
        for (const { image } of spec.template.spec.containers) {
          const [name = '', tag = ''] = image.split(':');
          images.set(name, (images.get(name) ?? new Set()).add(tag));
        }
      }
    }
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const expected = new Map([['waybill', new Set([version])]]);
    for (const folder of ['.', 'docker/compose']) {
      for (const file of readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.yaml'))) {
        const text = readFileSync(join(ROOT, folder, file), 'utf8');
        for (const [, name = '', tag = ''] of text.matchAll(/^ +image: ([\w/.-]+):([\w.-]+)$/gm)) {
          if (images.has(name)) expected.set(name, new Set([tag]));
        }
      }
    }
    expect(images).toEqual(expected);
  });

  test('take the settings that up.sh is given', async () => {
    const manifests = await printedManifests(
      ...[
        'cassandra',
        '--own-storage',
        '--set',
        'WAYBILL_CASSANDRA_CONTACT_POINTS=a:9042,b',
        '--set',
        'WAYBILL_DEFAULT_TTL=1d',
      ],
    );
    expect(configOf(manifests)).toMatchObject({
      storage: { contactPoints: ['a:9042', 'b'] },
      limits: { defaultTtlUs: 86_400_000_000 },
    });
  });

  test('contain every rule of Prometheus and every dashboard', async () => {
    const manifests = await printedManifests('embedded', 'monitoring');
    const [{ projected } = {}] = workload(manifests, 'prometheus').spec.template.spec.volumes ?? [];
    const mounted = projected?.sources.flatMap(({ configMap }) => configMap?.items?.map(({ path }) => path) ?? []);
    const files = readdirSync(join(ROOT, 'monitoring/prometheus/rules')).map((name) => `rules/${name}`);
    expect(mounted?.toSorted()).toEqual(files.toSorted());
    const dashboards = manifests.find(({ metadata }) => metadata.name.startsWith('grafana-dashboards-'));
    expect(Object.keys(dashboards?.data ?? {}).toSorted()).toEqual(
      readdirSync(join(ROOT, 'monitoring/grafana/dashboards')).toSorted(),
    );
  });
});

const byNumber = (one: number, other: number): number => one - other;

interface EnvoyResources {
  readonly listeners: readonly { readonly address: EnvoyAddress }[];
  readonly clusters: readonly {
    readonly name: string;
    readonly load_assignment: {
      readonly endpoints: readonly {
        readonly lb_endpoints: readonly { readonly endpoint: { address: EnvoyAddress } }[];
      }[];
    };
  }[];
}

interface EnvoyAddress {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

const isEmpty = (selector: Selector | undefined): boolean =>
  selector !== undefined && Object.keys(selector).length === 0;

/** What a broker makes of its environment and of the files that are mounted for it. */
function configOf(manifests: readonly Manifest[]): ReturnType<typeof loadConfig> {
  const [container] = workload(manifests, 'waybill').spec.template.spec.containers;
  const environment: Record<string, string> = {};
  for (const { configMapRef } of container?.envFrom ?? []) {
    const configMap = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    Object.assign(environment, configMap?.data);
  }
  for (const { name, value } of container?.env ?? []) environment[name] = value ?? 'placeholder';
  const mounted = new Map([
    ['/etc/waybill/storage/url', `${environment['WAYBILL_STORAGE']}://waybill:secret@storage/waybill`],
  ]);
  return loadConfig({
    environment,
    readFile: (path) => {
      const content = mounted.get(path);
      if (content === undefined) throw new Error(`${path} is not mounted`);
      return content;
    },
  });
}
