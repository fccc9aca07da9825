// Copies envoy.yaml to where kustomize, which reads no file outside its folder, makes a ConfigMap of it. With --check
// nothing is written; it fails when the committed copy is not what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const COPY = 'k8s/base/envoy/envoy.yaml';

const source = readFileSync(join(ROOT, 'envoy.yaml'));
const copy = join(ROOT, COPY);
if (!process.argv.includes('--check')) {
  writeFileSync(copy, source);
} else if (!existsSync(copy) || !readFileSync(copy).equals(source)) {
  console.error(`not up to date with envoy.yaml (run "npm run generate"):\n  ${COPY}`);
  process.exitCode = 1;
}
