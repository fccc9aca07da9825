import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Of what the tests change in a configuration of Envoy; the rest passes as it is. */
export interface EnvoyConfig {
  readonly admin: { address: EnvoyAddress };
  readonly static_resources: { readonly listeners: EnvoyListener[]; readonly clusters: EnvoyCluster[] };
}

interface EnvoyAddress {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

export interface EnvoyListener {
  readonly name: string;
  address: EnvoyAddress;
  readonly filter_chains: {
    readonly filters: { readonly typed_config: HttpConnectionManager }[];
    transport_socket?: object;
  }[];
}

interface HttpConnectionManager {
  readonly http_filters: { readonly name: string; readonly typed_config: Record<string, unknown> }[];
  readonly route_config: { readonly virtual_hosts: VirtualHost[] };
  readonly tracing: { readonly random_sampling: { value: number } };
}

interface VirtualHost {
  readonly typed_per_filter_config: { readonly 'envoy.filters.http.local_ratelimit': LocalRateLimit };
}

interface LocalRateLimit {
  readonly descriptors: {
    readonly entries: { readonly key: string; readonly value?: string }[];
    token_bucket: TokenBucket;
  }[];
}

interface TokenBucket {
  readonly max_tokens: number;
  readonly tokens_per_fill: number;
  readonly fill_interval: string;
}

export interface EnvoyCluster {
  readonly name: string;
  readonly cluster_type?: { readonly typed_config: object };
  transport_socket?: object;
  load_assignment: { readonly cluster_name: string; readonly endpoints: { lb_endpoints: object[] }[] };
}

const ROOT = join(__dirname, '../../..');

/** A configuration of this repository. @param file such as `envoy.yaml` */
export function readEnvoyConfig(file: string): EnvoyConfig {
  return parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true }) as EnvoyConfig;
}

/** @throws Error when there is none of that name, which tells that the configuration has changed */
export function named<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`the configuration of Envoy has no ${name}`);
  return found;
}

export function addressOf(port: number): EnvoyAddress {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

/** The HTTP side of the listener that clients connect to. */
export function grpcListener({ static_resources }: EnvoyConfig): HttpConnectionManager {
  const filters = named(static_resources.listeners, 'grpc').filter_chains[0]?.filters ?? [];
  const manager = filters.at(-1)?.typed_config;
  if (manager === undefined) throw new Error('the listener of Envoy has no filters');
  return manager;
}

/**
 * Gives the bucket of a method group another size.
 *
 * @param client `credential` for callers with an authorization header, `anonymous` for the others
 */
export function limitCalls(
  config: EnvoyConfig,
  method: 'publish' | 'stream' | 'other',
  client: 'credential' | 'anonymous',
  bucket: TokenBucket,
): void {
  const [host] = grpcListener(config).route_config.virtual_hosts;
  const descriptors = host?.typed_per_filter_config['envoy.filters.http.local_ratelimit'].descriptors ?? [];
  const length = client === 'credential' ? 2 : 3;
  const descriptor = descriptors.find(({ entries }) => entries.length === length && entries[0]?.value === method);
  if (descriptor === undefined) throw new Error(`the configuration of Envoy has no limit for ${method}`);
  descriptor.token_bucket = bucket;
}
