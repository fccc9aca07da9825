import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How the test files of one Jest run and its launcher (launcher.ts) talk: through files in a folder of the run, because
 * test files ask synchronously, while their tests are collected.
 */
export type ServiceName = 'postgres' | 'postgres15' | 'redis' | 'cassandra' | 'cassandra41';

export const SERVICE_NAMES: readonly ServiceName[] = ['postgres', 'postgres15', 'redis', 'cassandra', 'cassandra41'];

/** Set by global-setup.cjs. */
export const RUN_FOLDER_VARIABLE = 'TEST_RUN_FOLDER';

const START_TIMEOUT_MS = 200_000;
const ASK_INTERVAL_MS = 10;

const wantedFile = (folder: string, name: ServiceName): string => join(folder, `${name}.wanted`);
const startedFile = (folder: string, name: ServiceName): string => join(folder, `${name}.started`);
const failedFile = (folder: string, name: ServiceName): string => join(folder, `${name}.failed`);

/** The address of a server that is there already, from the environment variable; undefined when there is none. */
export function givenServer(folder: string, variable: string): string | undefined {
  const file = join(folder, variable);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function isWanted(folder: string, name: ServiceName): boolean {
  return existsSync(wantedFile(folder, name));
}

export function tellStarted(folder: string, name: ServiceName, address: string): void {
  writeWhole(startedFile(folder, name), address);
}

export function tellFailed(folder: string, name: ServiceName, problem: string): void {
  writeWhole(failedFile(folder, name), problem);
}

/** Whoever reads a file that is there sees all of it. */
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** The address of the run's only server of that name, which is started when nobody has asked for it before. Blocks. */
export function sharedServer(folder: string, name: ServiceName): string {
  if (!existsSync(startedFile(folder, name))) writeFileSync(wantedFile(folder, name), '');
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; !existsSync(startedFile(folder, name)); waitedMs += ASK_INTERVAL_MS) {
    if (existsSync(failedFile(folder, name))) throw new Error(readFileSync(failedFile(folder, name), 'utf8'));
    if (waitedMs > START_TIMEOUT_MS) throw new Error(`nobody has started ${name} in ${START_TIMEOUT_MS / 1000} s`);
    Atomics.wait(sleeping, 0, 0, ASK_INTERVAL_MS);
  }
  return readFileSync(startedFile(folder, name), 'utf8');
}
