import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceUser } from './service-user.js';

/** `waybill-service-<pid of whoever made it>-<kind>-<random>` */
const NAME = /^waybill-service-(\d+)-/;

/** The data and the log of one server. */
export class ServiceFolder {
  readonly path: string;
  /** What the server writes to standard output and standard error. */
  readonly log: string;

  private constructor(path: string) {
    this.path = path;
    this.log = join(path, 'log');
  }

  /** @param user who is to write in it; this process's by default */
  static create(kind: string, user?: ServiceUser): ServiceFolder {
    removeAbandoned();
    const path = mkdtempSync(join(tmpdir(), `waybill-service-${process.pid}-${kind}-`));
    if (user !== undefined) chownSync(path, user.uid, user.gid);
    return new ServiceFolder(path);
  }

  /** A folder in it that this process writes. */
  subfolder(name: string): string {
    const path = join(this.path, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** The last lines of the log. */
  lastLines(count: number): string {
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }

  remove(): void {
    // Again where a process that is just ending still writes.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** What runs that were killed have left; their servers have ended with them. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = NAME.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
