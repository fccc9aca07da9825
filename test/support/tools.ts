import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What tests use besides Node. Missing ones are installed by `npm run test:tools`. */
export type ToolName = 'go' | 'grpcurl' | 'python';

export interface Tool {
  /** What to spawn. */
  readonly command: string;
  /** For `requireBackend`: why it cannot be used, undefined when it can. */
  readonly unavailableReason: string | undefined;
}

const cache = join(__dirname, '..', '..', '.cache');

/** Where `npm run test:tools` puts a tool; go comes with the machine. */
const INSTALLED: Readonly<Record<Exclude<ToolName, 'go'>, string>> = {
  grpcurl: join(cache, 'bin', 'grpcurl'),
  python: join(cache, 'venv', 'bin', 'python'),
};

const IN_PATH: Readonly<Record<ToolName, string>> = { go: 'go', grpcurl: 'grpcurl', python: 'python3' };

/** Cheap calls that succeed only where the tool can do its work. */
const PROBES: Readonly<Record<ToolName, readonly string[]>> = {
  go: ['version'],
  grpcurl: ['-version'],
  python: ['-c', 'import grpc, grpc_tools'],
};

/** Prefers the tool of this checkout to that of the machine. */
export function findTool(name: ToolName): Tool {
  const command = name !== 'go' && existsSync(INSTALLED[name]) ? INSTALLED[name] : IN_PATH[name];
  const { error, status, stderr } = spawnSync(command, PROBES[name], { encoding: 'utf8' });
  if (error === undefined && status === 0) return { command, unavailableReason: undefined };
  const problem = error?.message ?? stderr.trim().split('\n').at(-1);
  const hint = name === 'go' ? 'install Go 1.24 or later' : 'run "npm run test:tools"';
  return { command, unavailableReason: `${problem} (${hint})` };
}
