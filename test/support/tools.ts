import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface ToolPlace {
  /** Below `.cache` of the checkout, where `npm run test:tools` puts it; undefined for what the machine must have. */
  readonly installed?: string;
  /** Its name in the search path. */
  readonly inPath: string;
  /** A cheap call that succeeds only where the tool can do its work; none when there is no such call. */
  readonly probe: readonly string[];
}

const byGo = (name: string, probe: readonly string[]): ToolPlace => ({
  installed: join('bin', name),
  inPath: name,
  probe,
});

/** What tests use besides Node and the servers of `services/`. */
const TOOLS = {
  go: { inPath: 'go', probe: ['version'] },
  python: { installed: join('venv', 'bin', 'python'), inPath: 'python3', probe: ['-c', 'import grpc, grpc_tools'] },
  grpcurl: byGo('grpcurl', ['-version']),
  envoy: byGo('envoy', ['--version']),
  // It has no flags: whatever it is told, it serves.
  ratelimit: { installed: join('bin', 'ratelimit'), inPath: 'ratelimit', probe: [] },
  k6: byGo('k6', ['version']),
  'kube-apiserver': byGo('kube-apiserver', ['--version']),
  kubectl: byGo('kubectl', ['version', '--client']),
  'kube-controller-manager': byGo('kube-controller-manager', ['--version']),
  'kube-scheduler': byGo('kube-scheduler', ['--version']),
  kwok: byGo('kwok', ['--version']),
  etcd: { inPath: 'etcd', probe: ['--version'] },
  jaeger: byGo('jaeger', ['version']),
  prometheus: { inPath: 'prometheus', probe: ['--version'] },
  promtool: { inPath: 'promtool', probe: ['--version'] },
  chromium: { inPath: 'chromium', probe: ['--version'] },
} as const satisfies Readonly<Record<string, ToolPlace>>;

export type ToolName = keyof typeof TOOLS;

export interface Tool {
  /** What to spawn. */
  readonly command: string;
  /** For `requireBackend`: why it cannot be used, undefined when it can. */
  readonly unavailableReason: string | undefined;
}

const cache = join(__dirname, '..', '..', '.cache');

/** Prefers the tool of this checkout to that of the machine. */
export function findTool(name: ToolName): Tool {
  const { installed, inPath, probe }: ToolPlace = TOOLS[name];
  const own = installed === undefined ? undefined : join(cache, installed);
  const command = own !== undefined && existsSync(own) ? own : inPath;
  const [asked, words] = probe.length === 0 ? ['which', [command]] : [command, probe];
  const { error, status, stderr } = spawnSync(asked, words, { encoding: 'utf8' });
  if (error === undefined && status === 0) return { command, unavailableReason: undefined };
  const problem = error?.message ?? (stderr.trim().split('\n').at(-1) || `there is no ${name}`);
  const hint = name === 'go' ? 'install Go 1.26 or later' : 'run "npm run test:tools"';
  return { command, unavailableReason: `${problem} (${hint})` };
}

/** Why the first of these cannot be used; undefined when all can. */
export function toolsMissing(...names: readonly ToolName[]): string | undefined {
  for (const name of names) {
    const { unavailableReason } = findTool(name);
    if (unavailableReason !== undefined) return unavailableReason;
  }
  return undefined;
}
