// Generates what is derived from proto/: the types in src/grpc/generated and the descriptor set proto/waybill.binpb.
// With --check nothing is written; it fails when the committed files are not what would be generated.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TYPES = join(ROOT, 'src/grpc/generated');
const DESCRIPTORS = join(ROOT, 'proto/waybill.binpb');
const CONTRACTS = [
  'broker.proto',
  'waybill/v1/broker_service.proto',
  'waybill/v1/admin_service.proto',
  'waybill/v1/stream_service.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
];

function run(tool, args) {
  execFileSync(join(ROOT, 'node_modules/.bin', tool), args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

function generate(typesFolder, descriptorFile) {
  // The conversion flags equal CONVERSION in src/grpc/proto-codec.ts.
  run('proto-loader-gen-types', [
    '--longs=String',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--includeComments',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.js',
    `--outDir=${typesFolder}`,
    '-I',
    'proto',
    '--',
    ...CONTRACTS,
  ]);
  // Files of messages alone get an index that does not pass noUnusedLocals and that nobody needs.
  for (const index of ['error_details.ts', 'status.ts']) rmSync(join(typesFolder, index));
  run('buf', ['build', 'proto', '--as-file-descriptor-set', '--exclude-source-info', '-o', descriptorFile]);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function check() {
  const scratch = mkdtempSync(join(tmpdir(), 'waybill-generate-'));
  try {
    const types = join(scratch, 'types');
    const descriptors = join(scratch, 'waybill.binpb');
    generate(types, descriptors);
    const names = new Set([...filesBelow(TYPES), ...filesBelow(types)]);
    const stale = [...names].filter((name) => !sameFile(join(TYPES, name), join(types, name)));
    if (!sameFile(DESCRIPTORS, descriptors)) stale.push(relative(TYPES, DESCRIPTORS));
    return stale.map((name) => relative(ROOT, join(TYPES, name)));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function sameFile(one, other) {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    return false;
  }
}

if (process.argv.includes('--check')) {
  const stale = check();
  if (stale.length > 0) {
    console.error(`not up to date with proto/ (run "npm run generate"):\n  ${stale.join('\n  ')}`);
    process.exitCode = 1;
  }
} else {
  rmSync(TYPES, { recursive: true, force: true });
  generate(TYPES, DESCRIPTORS);
}
