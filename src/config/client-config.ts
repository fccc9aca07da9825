import type { Address } from './address.js';
import type { ClientSettings } from './client-schema.js';
import { ConfigError } from './config-error.js';

/** How the commands reach their server. */
export interface ClientConfig {
  readonly address: Address;
  /** Undefined connects without TLS. */
  readonly tls: ClientTlsFiles | undefined;
}

export interface ClientTlsFiles {
  /** Undefined trusts the system's authorities. */
  readonly caFile: string | undefined;
  /** The own certificate and its key, for mTLS. */
  readonly identity: { readonly certFile: string; readonly keyFile: string } | undefined;
}

/** @throws ConfigError */
export function createClientConfig(settings: ClientSettings): ClientConfig {
  const { address, tlsCa, tlsCert, tlsKey } = settings;
  if (tlsCert === undefined && tlsKey === undefined) {
    return { address, tls: tlsCa === undefined ? undefined : { caFile: tlsCa, identity: undefined } };
  }
  if (tlsCert === undefined) throw new ConfigError([{ path: 'tlsCert', message: 'is needed with tlsKey' }]);
  if (tlsKey === undefined) throw new ConfigError([{ path: 'tlsKey', message: 'is needed with tlsCert' }]);
  return { address, tls: { caFile: tlsCa, identity: { certFile: tlsCert, keyFile: tlsKey } } };
}
