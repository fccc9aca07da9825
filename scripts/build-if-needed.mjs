/** Compiles `src/` to `dist/` unless nothing is newer than the last compilation; so `npm start` is quick the second time. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'dist', 'main.js');
const stamp = join(root, 'dist', '.tsbuildinfo');
const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(root, name));

function modifiedMs(path) {
  return statSync(path).mtimeMs;
}

/** Folders too: their times change when a file is added, renamed or deleted. */
function sources() {
  const folder = join(root, 'src');
  return [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, name))];
}

function isFresh() {
  if (!existsSync(entry) || !existsSync(stamp)) return false;
  const builtMs = modifiedMs(stamp);
  return [...settings, ...sources()].every((path) => modifiedMs(path) <= builtMs);
}

if (!isFresh()) {
  // Without its output the compiler's record of what is up to date would mislead it.
  if (!existsSync(entry)) rmSync(stamp, { force: true });
  const startedAt = new Date();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  });
  // The compiler leaves its record alone when nothing but times has changed, and writes it in spite of errors: the time of
  // it is ours to tell. Edits during the compilation stay newer.
  if (existsSync(stamp)) utimesSync(stamp, startedAt, status === 0 ? startedAt : new Date(0));
  if (status !== 0) process.exit(status ?? 1);
}
