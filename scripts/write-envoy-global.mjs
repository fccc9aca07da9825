// Writes docker/envoy-global.yaml: envoy.yaml with what docker/ratelimit adds to it. With --check nothing is written; it
// fails when the committed file is not what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = 'docker/envoy-global.yaml';
const NOTE =
  '# Written by "npm run generate" from envoy.yaml, with the limits of docker/ratelimit over all Envoys together.\n\n';

// Each file goes before a line of envoy.yaml, as deep as that is.
const ADDITIONS = [
  // After the limits that Envoy has by itself, which cost no question.
  { file: 'docker/ratelimit/envoy-filters.yaml', before: '- name: envoy.filters.http.grpc_stats' },
  { file: 'docker/ratelimit/envoy-clusters.yaml', before: '- name: admin', after: '  clusters:\n' },
];

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

function withAddition(text, { file, before, after = '' }) {
  const line = new RegExp(`^( *)${before}$`, 'm');
  const from = text.indexOf(after);
  const match = line.exec(text.slice(from));
  if (from === -1 || match === null) throw new Error(`envoy.yaml has no line "${before}"`);
  const addition = read(file).replace(/^(?=.)/gm, match[1]);
  const place = from + match.index;
  return text.slice(0, place) + addition + text.slice(place);
}

const text = NOTE + ADDITIONS.reduce(withAddition, read('envoy.yaml'));
const target = join(ROOT, TARGET);
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error(`not up to date with envoy.yaml (run "npm run generate"):\n  ${TARGET}`);
  process.exitCode = 1;
}
