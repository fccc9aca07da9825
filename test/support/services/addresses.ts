import { isRequired } from '../backends.js';
import { cassandraMissing } from './cassandra-runtime.js';
import { postgresMissing } from './postgres-binaries.js';
import { redisMissing } from './redis-server.js';
import { givenServer, RUN_FOLDER_VARIABLE, type ServiceName, sharedServer } from './run.js';

interface Service {
  /** Environment variable with the address of a server that is there already. */
  readonly variable: string;
  /** Why none can be started. */
  readonly missing: () => string | undefined;
  /** A second release of a storage, which a run that is not asked to can do without. */
  readonly onDemand?: true;
}

const SERVICES: Readonly<Record<ServiceName, Service>> = {
  postgres: { variable: 'WAYBILL_TEST_POSTGRES_URL', missing: () => postgresMissing(18) },
  postgres15: { variable: 'WAYBILL_TEST_POSTGRES15_URL', missing: () => postgresMissing(15), onDemand: true },
  redis: { variable: 'WAYBILL_TEST_REDIS_URL', missing: redisMissing },
  cassandra: { variable: 'WAYBILL_TEST_CASSANDRA', missing: () => cassandraMissing('5.0') },
  cassandra41: { variable: 'WAYBILL_TEST_CASSANDRA41', missing: () => cassandraMissing('4.1'), onDemand: true },
};

/** For `requireBackend`: why tests cannot have this server and how to change that; undefined when they can. */
export function serviceMissing(name: ServiceName): string | undefined {
  const { variable, missing, onDemand } = SERVICES[name];
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder === undefined) return 'there are servers for conformance, integration and e2e tests only';
  if (givenServer(folder, variable) !== undefined) return undefined;
  if (onDemand === true && !isRequired(name))
    return `runs only where REQUIRE_BACKENDS names it, or ${variable} gives one`;
  const reason = missing();
  return reason === undefined ? undefined : `${reason}, or give one in ${variable}`;
}

/**
 * The server that all tests of the run share, so each takes a schema, prefix or keyspace of its own. It is started by
 * whoever asks first, which takes about a second, Cassandra five to fifteen; this call blocks meanwhile.
 *
 * @returns a URL, of Cassandra `host:port`; undefined when it is missing. Throws when it does not start.
 */
export function serviceAddress(name: ServiceName): string | undefined {
  const folder = process.env[RUN_FOLDER_VARIABLE];
  if (folder === undefined || serviceMissing(name) !== undefined) return undefined;
  return givenServer(folder, SERVICES[name].variable) ?? sharedServer(folder, name);
}
