import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import pg from 'pg';
import type { ClientConfig } from 'pg';
import { BrokerError } from '../../core/errors.js';
import type { PostgresConfig } from '../storage-config.js';

/** Type numbers of the system catalogue. */
const INT8 = 20;
const INT8_ARRAY = 1016;

/** Idle connections say so little that a firewall may forget them; the first probe of TCP comes after this time. */
const KEEP_ALIVE_DELAY_MS = 5000;

/** Parameters of a URL that are read here and not by the client library, whose reading differs from libpq's. */
const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** What every connection of the storage has in common. `url` is `config.url` or `config.listenUrl`. */
export function connectionOptions(
  config: PostgresConfig,
  url: string,
  limits: { readonly connectMs: number; readonly statementMs: number; readonly serverLimits: boolean },
): ClientConfig {
  const { connectMs, statementMs, serverLimits } = limits;
  const parsed = new URL(url);
  const ssl = tlsOptions(parsed, config.caFile);
  for (const name of TLS_PARAMETERS) parsed.searchParams.delete(name);
  return {
    connectionString: parsed.href,
    ssl,
    application_name: 'waybill',
    connectionTimeoutMillis: connectMs,
    // A little more than the server's own limit, whose answer says that nothing was written.
    query_timeout: statementMs + 100,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    types: numbers(),
    ...(serverLimits ? { statement_timeout: statementMs, idle_in_transaction_session_timeout: statementMs } : {}),
  };
}

/** Ids, times and counters are safe integers. */
function numbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(INT8_ARRAY, (text) => (text === '{}' ? [] : text.replaceAll(/[{}]/g, '').split(',').map(Number)));
  return types;
}

/**
 * `sslmode` as libpq understands it: `require` encrypts and, without a file of authorities, trusts any server.
 *
 * @throws BrokerError STORAGE_MISCONFIGURED
 */
function tlsOptions(url: URL, caFile: string | undefined): TlsOptions | false {
  const { searchParams } = url;
  const rootFile = caFile ?? searchParams.get('sslrootcert') ?? undefined;
  const mode = searchParams.get('sslmode') ?? (caFile === undefined ? 'disable' : 'verify-full');
  const clientFile = searchParams.get('sslcert');
  const keyFile = searchParams.get('sslkey');
  const files: TlsOptions = {
    ...(rootFile === undefined || rootFile === 'system' ? {} : { ca: read(rootFile) }),
    ...(clientFile === null ? {} : { cert: read(clientFile) }),
    ...(keyFile === null ? {} : { key: read(keyFile) }),
  };
  switch (mode) {
    case 'disable':
    case 'allow':
    case 'prefer':
      return false;
    case 'require':
      return files.ca === undefined ? { ...files, rejectUnauthorized: false } : withoutName(files);
    case 'verify-ca':
      return withoutName(files);
    case 'verify-full':
      return files;
    default:
      throw new BrokerError('STORAGE_MISCONFIGURED', `sslmode "${mode}" of postgres.url is not known`);
  }
}

const withoutName = (files: TlsOptions): TlsOptions => ({ ...files, checkServerIdentity: () => undefined });

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BrokerError('STORAGE_MISCONFIGURED', `the certificate file "${file}" cannot be read`, { cause: error });
  }
}
