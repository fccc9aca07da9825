import { parseAllDocuments } from 'yaml';
import { runKubernetesScript } from './kubernetes-script.js';

/** The parts of Kubernetes objects that tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: ManifestSpec;
}

export type Labels = Readonly<Record<string, string>>;

export interface ManifestSpec {
  readonly replicas?: number;
  readonly clusterIP?: string;
  /** Of a Service plain labels, of a workload and a disruption budget a selector. */
  readonly selector?: Labels | Selector;
  readonly ports?: readonly ServicePort[];
  readonly template?: PodTemplate;
  readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

export interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values: string[] }[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
}

export interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port: string | number }[];
}

export interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: unknown;
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly enableServiceLinks?: boolean;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: SecretKey };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string; readonly optional?: boolean } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly startupProbe?: unknown;
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: { readonly readOnlyRootFilesystem?: boolean };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface SecretKey {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly items?: readonly KeyPath[] };
  readonly projected?: {
    readonly sources: readonly {
      readonly configMap?: { readonly name: string; readonly items?: readonly KeyPath[] };
    }[];
  };
}

interface KeyPath {
  readonly key: string;
  readonly path: string;
}

/** What `k8s/up.sh` would apply with these arguments. */
export async function printedManifests(...args: readonly string[]): Promise<readonly Manifest[]> {
  const { exitCode, stdout, stderr } = await runKubernetesScript('up.sh', ['--print', ...args]);
  if (exitCode !== 0) throw new Error(`up.sh --print ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

export interface Workload extends Manifest {
  readonly spec: ManifestSpec & { readonly template: PodTemplate };
}

/** What makes pods. */
export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests.filter((manifest): manifest is Workload => manifest.spec?.template !== undefined);
}

/** Of this name; fails when there is none. */
export function workload(manifests: readonly Manifest[], name: string): Workload {
  const found = workloadsOf(manifests).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`there is no workload ${name}`);
  return found;
}

/** The workloads whose pods have these labels. */
export function selected(manifests: readonly Manifest[], selector: Selector): readonly Workload[] {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return workloadsOf(manifests).filter(({ spec }) => {
    const { labels } = spec.template.metadata;
    return (
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
      matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? ''))
    );
  });
}

/** The names of the ports of its containers. */
export function portNames({ spec }: Workload): readonly string[] {
  return spec.template.spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name));
}
