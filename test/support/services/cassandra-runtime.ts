import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type CassandraVersion = '4.1' | '5.0';

const CACHE = join(__dirname, '..', '..', '..', '.cache');

/** Where `npm run test:tools` puts Cassandra and what it needs. */
const libraryFolder = (version: CassandraVersion): string => join(CACHE, `cassandra-${version}`, 'lib');

/** Our part: how it runs. */
export const CASSANDRA_SETTINGS_FOLDER = join(__dirname, 'cassandra');

/** Why the version cannot be started here and how to change that; undefined when it can. */
export function cassandraMissing(version: CassandraVersion): string | undefined {
  const folder = libraryFolder(version);
  if (!existsSync(folder)) return `${folder} is not there (run "npm run test:tools", which needs Maven)`;
  const { status } = spawnSync('java', ['-version'], { stdio: 'ignore' });
  return status === 0 ? undefined : 'java is not in PATH (install Java 17)';
}

/** Starts the daemon, whose settings are in the file `settings`. */
export function cassandraCommand(
  version: CassandraVersion,
  folder: string,
  settings: string,
): readonly [program: string, ...args: string[]] {
  const library = libraryFolder(version);
  const meter = readdirSync(library).find((name) => name.startsWith('jamm-'));
  return [
    'java',
    `@${join(CASSANDRA_SETTINGS_FOLDER, 'jvm.options')}`,
    `-javaagent:${join(library, meter ?? 'jamm.jar')}`,
    `-Dcassandra.config=file://${settings}`,
    `-Dcassandra.storagedir=${folder}`,
    // Where it unpacks native libraries.
    `-Djava.io.tmpdir=${folder}`,
    // Otherwise it closes its output once it has started, and what ends it remains unknown.
    '-Dcassandra-foreground=yes',
    `-Dlogback.configurationFile=file:${join(CASSANDRA_SETTINGS_FOLDER, 'logback.xml')}`,
    ...['-cp', join(library, '*'), 'org.apache.cassandra.service.CassandraDaemon'],
  ];
}
