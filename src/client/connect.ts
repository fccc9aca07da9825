import { Client, credentials } from '@grpc/grpc-js';
import { basicAuthorization, type ClientCredentials } from './client-credentials.js';
import { CompatClient } from './compat-client.js';
import { Rpc } from './rpc.js';
import { WaybillClient } from './waybill-client.js';

export interface ConnectOptions {
  /** `host:port`, or any name that gRPC resolves. */
  readonly address: string;
  /** Without it the connection is not encrypted. Contents of PEM files. */
  readonly tls?: {
    /** Undefined trusts the authorities that Node does. */
    readonly ca?: Buffer;
    /** Own certificate, for servers that ask for one. */
    readonly cert?: Buffer;
    readonly key?: Buffer;
    /** Name to expect in the server's certificate instead of the address. */
    readonly serverName?: string;
  };
  /** Whom every call is made as. They are sent as they are: without TLS everybody on the way can read them. */
  readonly credentials?: ClientCredentials;
  /** How long unary calls may take where the call does not say; by default 30,000 ms. 0: no limit. */
  readonly timeoutMs?: number;
  /** By default clients with the same address and options share one connection; true opens one for this client. */
  readonly ownConnection?: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Above the largest frame that a server sends (a batch with one message of 4 MiB, its headers and framing). */
const MAX_RECEIVE_BYTES = 8 * 1024 * 1024;

/**
 * A client for the broker at `address`. It connects with its first call.
 *
 * @throws TypeError for credentials that cannot be sent
 */
export function connect(options: ConnectOptions): WaybillClient {
  return new WaybillClient(openRpc(options));
}

/** The same for a server that may know only the original contract. */
export function connectCompat(options: ConnectOptions): CompatClient {
  return new CompatClient(openRpc(options));
}

function openRpc({
  address,
  tls,
  credentials: clientCredentials,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  ownConnection = false,
}: ConnectOptions): Rpc {
  const channelCredentials =
    tls === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null);
  const authorization = clientCredentials === undefined ? undefined : basicAuthorization(clientCredentials);
  const client = new Client(address, channelCredentials, {
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_receive_message_length': MAX_RECEIVE_BYTES,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 5000,
    ...(ownConnection ? { 'grpc.use_local_subchannel_pool': 1 } : {}),
    ...(tls?.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName }),
  });
  return new Rpc(client, timeoutMs, authorization);
}
