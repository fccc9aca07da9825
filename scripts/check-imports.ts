/** Fails when a file of `src/` imports against `import-rules.ts`. Part of `npm run lint`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { importViolations } from './import-rules.js';

const root = join(__dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();

const violations = sources.flatMap((file) => importViolations(file, readFileSync(join(root, file), 'utf8')));
for (const violation of violations) console.error(violation);
console.log(`${sources.length} files, ${violations.length} imports against the rules of scripts/import-rules.ts`);
if (violations.length > 0) process.exitCode = 1;
