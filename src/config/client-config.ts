import type { Address } from './address.js';
import type { ClientSettings } from './client-schema.js';
import { ConfigError } from './config-error.js';

/** How the commands reach their server. */
export interface ClientConfig {
  readonly address: Address;
  /** Undefined connects without TLS. */
  readonly tls: ClientTlsFiles | undefined;
  /** Undefined: nobody, or whom the own certificate names. */
  readonly credentials: ClientCredentials | undefined;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ClientTlsFiles {
  /** Undefined trusts the system's authorities. */
  readonly caFile: string | undefined;
  /** The own certificate and its key, for mTLS. */
  readonly identity: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/** @throws ConfigError */
export function createClientConfig(settings: ClientSettings): ClientConfig {
  return { address: settings.address, tls: createTls(settings), credentials: createCredentials(settings) };
}

function createTls({ tlsCa, tlsCert, tlsKey }: ClientSettings): ClientTlsFiles | undefined {
  if (tlsCert === undefined && tlsKey === undefined) {
    return tlsCa === undefined ? undefined : { caFile: tlsCa, identity: undefined };
  }
  if (tlsCert === undefined) throw new ConfigError([{ path: 'tlsCert', message: 'is needed with tlsKey' }]);
  if (tlsKey === undefined) throw new ConfigError([{ path: 'tlsKey', message: 'is needed with tlsCert' }]);
  return { caFile: tlsCa, identity: { certFile: tlsCert, keyFile: tlsKey } };
}

function createCredentials({ clientId, clientSecret }: ClientSettings): ClientCredentials | undefined {
  if (clientId === undefined && clientSecret === undefined) return undefined;
  if (clientId === undefined) throw new ConfigError([{ path: 'clientId', message: 'is needed with clientSecret' }]);
  if (clientSecret === undefined) throw new ConfigError([{ path: 'clientSecret', message: 'is needed with clientId' }]);
  return { clientId, clientSecret };
}
