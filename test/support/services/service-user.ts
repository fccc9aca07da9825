import { execFileSync } from 'node:child_process';

/** Whom a server runs as when the tests run as root and the server refuses to. */
export interface ServiceUser {
  readonly uid: number;
  readonly gid: number;
}

/** In this order; every system has the last one. */
const UNPRIVILEGED = ['postgres', 'nobody'];

function lookUp(name: string): ServiceUser | undefined {
  try {
    const [uid, gid] = ['-u', '-g'].map((part) =>
      Number(execFileSync('id', [part, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

/** Undefined when this process is not root: then a server runs as the same user. */
export function unprivilegedUser(): ServiceUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of UNPRIVILEGED) {
    const user = lookUp(name);
    if (user !== undefined) return user;
  }
  throw new Error(`as root, one of the users ${UNPRIVILEGED.join(', ')} is needed to run PostgreSQL`);
}
