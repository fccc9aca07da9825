import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { findTool } from '../tools.js';

const ROOT = join(__dirname, '..', '..', '..');

export interface ScriptOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Finds the kubectl of this checkout first. Without a kubeconfig there is no cluster. */
function environmentOf(kubeconfig: string): NodeJS.ProcessEnv {
  const { command } = findTool('kubectl');
  const folders = [...(command.includes('/') ? [dirname(command)] : []), process.env['PATH'] ?? ''];
  return { ...process.env, PATH: folders.join(delimiter), KUBECONFIG: kubeconfig };
}

/** Runs a script of `k8s/`, or `kubectl`, to its end. */
export async function runKubernetesScript(
  name: 'up.sh' | 'down.sh' | 'kubectl',
  args: readonly string[],
  { kubeconfig = '/dev/null', input = '' }: { readonly kubeconfig?: string; readonly input?: string } = {},
): Promise<ScriptOutcome> {
  const program = name === 'kubectl' ? findTool('kubectl').command : join(ROOT, 'k8s', name);
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { cwd: ROOT, env: environmentOf(kubeconfig), maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') return reject(error);
        resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}
