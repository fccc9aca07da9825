import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../support/server-process.js';

let folder: string;
let server: ServerProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-refuses-'));
});

afterEach(async () => {
  await server?.dispose();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** What it says and how it ends, without ever having been ready. */
async function refusal(...flags: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const refused = ServerProcess.spawn({ flags });
  const { code } = await refused.exited;
  expect(refused.stdout).toBe('');
  return { code, stderr: refused.stderr };
}

async function configFile(text: string): Promise<string> {
  const file = join(folder, 'waybill.yaml');
  await writeFile(file, text);
  return file;
}

/** A folder in which this user cannot create anything, whoever that is. */
async function lockedFolder(): Promise<string> {
  // Root may write everywhere, except where the kernel makes the folders.
  if (process.getuid?.() === 0) return '/sys/waybill';
  const locked = join(folder, 'locked');
  await mkdir(locked);
  await chmod(locked, 0o555);
  return locked;
}

it('names every typo in a configuration file with what was probably meant, and exits with 2', async () => {
  const file = await configFile('grpc:\n  adress: 127.0.0.1:1\nstorge: memory\n');
  expect(await refusal('--config', file)).toEqual({
    code: 2,
    stderr: [
      'waybill: the configuration is not valid:',
      `  grpc.adress: unknown option; did you mean grpc.address? (${file})`,
      `  storge: unknown option; did you mean storage? (${file})`,
      '',
    ].join('\n'),
  });
});

it('names the line of a configuration file that is not YAML, and exits with 2', async () => {
  const { code, stderr } = await refusal('--config', await configFile('storage: memory\ngrpc: [\n'));
  expect(code).toBe(2);
  expect(stderr).toMatch(/waybill\.yaml: .* at line 3/);
});

it('names a configuration file that is not there, and exits with 2', async () => {
  const { code, stderr } = await refusal('--config', join(folder, 'none.yaml'));
  expect(code).toBe(2);
  expect(stderr).toContain(`${join(folder, 'none.yaml')}: cannot be read`);
});

it('says in one line that it may not write to the data folder, and exits with 1', async () => {
  const locked = await lockedFolder();
  expect(await refusal('--storage', 'embedded', '--embedded-path', locked)).toEqual({
    code: 1,
    stderr: `waybill: data folder "${locked}" cannot be written: permission denied [STORAGE_UNAVAILABLE]\n`,
  });
});

it('says in one line that the data folder is a file, leaves it alone and exits with 1', async () => {
  const file = await configFile('precious');
  expect(await refusal('--storage', 'embedded', '--embedded-path', file)).toEqual({
    code: 1,
    stderr: `waybill: data folder "${file}" is not a folder [STORAGE_UNAVAILABLE]\n`,
  });
  expect(await readFile(file, 'utf8')).toBe('precious');
});

it('says in one line that another server has the data folder, which serves on', async () => {
  const flags = ['--storage', 'embedded', '--embedded-path', join(folder, 'data')];
  server = ServerProcess.spawn({ flags });
  await server.ready();
  const { code, stderr } = await refusal(...flags);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^waybill: [^\n]*\n$/);
  expect(stderr).toContain(join(folder, 'data'));
  server.kill('SIGTERM');
  expect(await server.exited).toEqual({ code: 0, signal: null });
});
