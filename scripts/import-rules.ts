import { posix } from 'node:path';

/**
 * Who may import whom. Dependencies point one way:
 *
 *     main → app → {grpc, tcp, cli, telemetry} → {broker, streams, locks} → storage/storage.ts → core
 *                  {grpc, tcp} → {rate-limits, auth, net}
 *                  {grpc, client} → protobuf
 *
 * A source file belongs to the first zone whose path it begins with. It may import its own zone, the zones and the
 * packages listed here, and what belongs to Node. Whatever is not listed is refused, so a new folder or a new
 * dependency is a decision made here.
 */
interface Zone {
  readonly name: string;
  readonly path: string;
  readonly zones: readonly string[];
  /** Names of packages; `@scope/*` allows a whole scope. */
  readonly packages?: readonly string[];
}

const ZONES: readonly Zone[] = [
  { name: 'core', path: 'src/core/', zones: [] },

  // The contract, the files that drivers share, and the drivers, which do not know each other.
  { name: 'contract', path: 'src/storage/storage.ts', zones: ['core'] },
  {
    name: 'open-storage',
    path: 'src/storage/open-storage.ts',
    zones: ['core', 'contract', 'storage config', 'memory', 'embedded', 'postgres', 'cassandra', 'redis'],
  },
  { name: 'storage config', path: 'src/storage/storage-config.ts', zones: [] },
  { name: 'memory', path: 'src/storage/memory/', zones: ['core', 'contract', 'storage'] },
  { name: 'embedded', path: 'src/storage/embedded/', zones: ['core', 'contract', 'storage'], packages: ['lmdb'] },
  {
    name: 'postgres',
    path: 'src/storage/postgres/',
    zones: ['core', 'contract', 'storage', 'storage config'],
    packages: ['pg'],
  },
  {
    name: 'cassandra',
    path: 'src/storage/cassandra/',
    zones: ['core', 'contract', 'storage', 'storage config'],
    packages: ['cassandra-driver'],
  },
  {
    name: 'redis',
    path: 'src/storage/redis/',
    zones: ['core', 'contract', 'storage', 'storage config'],
    packages: ['@redis/client'],
  },
  { name: 'instrumented storage', path: 'src/storage/instrumented-storage.ts', zones: ['core', 'contract'] },
  { name: 'await storage', path: 'src/storage/await-storage.ts', zones: ['core', 'contract'] },
  { name: 'storage', path: 'src/storage/', zones: ['core', 'contract'] },

  { name: 'limits', path: 'src/broker/limits.ts', zones: ['core'] },
  { name: 'broker', path: 'src/broker/', zones: ['core', 'contract', 'limits'] },

  { name: 'streams', path: 'src/streams/', zones: ['core', 'contract'] },

  // Who calls, and how connections are taken: for every protocol.
  { name: 'auth', path: 'src/auth/', zones: ['core'], packages: ['yaml', 'zod'] },
  { name: 'net', path: 'src/net/', zones: ['core'] },
  // How much who calls may publish; both protocols take from the same buckets.
  { name: 'rate limits', path: 'src/rate-limits/', zones: ['core', 'auth'] },
  { name: 'tcp', path: 'src/tcp/', zones: ['core', 'auth', 'rate limits', 'net', 'streams'] },

  {
    name: 'config',
    path: 'src/config/',
    zones: ['core', 'storage config', 'limits'],
    packages: ['yaml', 'zod'],
  },
  {
    name: 'telemetry',
    path: 'src/telemetry/',
    zones: ['core', 'contract', 'instrumented storage', 'limits', 'broker', 'streams', 'auth', 'rate limits', 'tcp'],
    packages: ['@opentelemetry/*', 'pino', 'prom-client'],
  },
  { name: 'protobuf', path: 'src/protobuf/', zones: [] },
  { name: 'wire types', path: 'src/grpc/generated/', zones: [], packages: ['@grpc/*', 'protobufjs'] },
  {
    name: 'grpc',
    path: 'src/grpc/',
    zones: ['core', 'contract', 'limits', 'broker', 'streams', 'auth', 'rate limits', 'net', 'protobuf', 'wire types'],
    packages: ['@grpc/*', 'protobufjs'],
  },
  {
    name: 'client',
    path: 'src/client/',
    zones: ['core', 'protobuf', 'wire types'],
    packages: ['@grpc/*', '@opentelemetry/api', 'protobufjs'],
  },
  {
    name: 'cli',
    path: 'src/cli/',
    zones: ['core', 'client', 'config', 'auth'],
    packages: ['cli-progress', 'cli-table3', 'commander', 'picocolors'],
  },

  {
    name: 'app',
    path: 'src/app.ts',
    zones: [
      'core',
      'contract',
      'open-storage',
      'instrumented storage',
      'await storage',
      'limits',
      'broker',
      'config',
      'telemetry',
      'grpc',
      'streams',
      'auth',
      'rate limits',
      'tcp',
    ],
  },
  { name: 'main', path: 'src/main.ts', zones: ['app', 'cli', 'config', 'core', 'telemetry'] },
];

/** `from '…'`, `import '…'`, `import('…')` and `require('…')`; written by hand because TypeScript 7 has no parser to call. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|(?<!\.)\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;

function zoneOf(file: string): Zone | undefined {
  return ZONES.find((zone) => file.startsWith(zone.path));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function allowsPackage(zone: Zone, name: string): boolean {
  return (zone.packages ?? []).some((allowed) =>
    allowed.endsWith('/*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed,
  );
}

function problemOf(zone: Zone, file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  if (!specifier.startsWith('.')) {
    const name = packageOf(specifier);
    return allowsPackage(zone, name) ? undefined : `${zone.name} may not import the package ${name}`;
  }
  const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  // Outside src is data, such as package.json.
  if (!target.startsWith('src/')) return undefined;
  const targetZone = zoneOf(target);
  if (targetZone === undefined) return `${target} belongs to no zone`;
  if (targetZone === zone || zone.zones.includes(targetZone.name)) return undefined;
  return `${zone.name} may not import ${targetZone.name} (${target})`;
}

/**
 * What `file` imports against the rules.
 *
 * @param file path from the repository's root, with forward slashes
 * @returns one line per violation
 */
export function importViolations(file: string, source: string): readonly string[] {
  const zone = zoneOf(file);
  if (zone === undefined) return [`${file}: belongs to no zone of scripts/import-rules.ts`];
  const violations: string[] = [];
  for (const [, , specifier = ''] of source.matchAll(IMPORT)) {
    const problem = problemOf(zone, file, specifier);
    if (problem !== undefined) violations.push(`${file}: ${problem}`);
  }
  return violations;
}
