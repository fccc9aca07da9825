import { cpus, release, totalmem, type } from 'node:os';

/** Where a load client has run; in the usual case that the server does not run on it too, not the server's. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
}

/** Without names and addresses, so that results can be published. */
export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}
