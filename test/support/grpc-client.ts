import {
  Client,
  credentials,
  type ChannelCredentials,
  type ClientOptions,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ErrorInfo__Output } from '../../src/grpc/generated/google/rpc/ErrorInfo.js';
import type { RetryInfo__Output } from '../../src/grpc/generated/google/rpc/RetryInfo.js';
import type { Status__Output } from '../../src/grpc/generated/google/rpc/Status.js';
import { ProtoCodec } from '../../src/grpc/proto-codec.js';

const statusCodec = new ProtoCodec<object, Status__Output>('google.rpc.Status');
const errorInfoCodec = new ProtoCodec<object, ErrorInfo__Output>('google.rpc.ErrorInfo');
const retryInfoCodec = new ProtoCodec<object, RetryInfo__Output>('google.rpc.RetryInfo');

export function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** A real grpc-js client that sends and receives bytes. */
export function createClient(
  address: string,
  channelCredentials: ChannelCredentials = credentials.createInsecure(),
  options: ClientOptions = {},
): Client {
  return new Client(address, channelCredentials, options);
}

export interface UnaryOptions {
  readonly deadline?: Date | number;
  readonly metadata?: Metadata;
}

export function unary(client: Client, path: string, request: Buffer, options: UnaryOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { metadata = new Metadata(), deadline } = options;
    const callOptions = deadline === undefined ? {} : { deadline };
    client.makeUnaryRequest(path, identity, identity, request, metadata, callOptions, (error, answer) => {
      if (error !== null || answer === undefined) reject(error as ServiceError);
      else resolve(answer);
    });
  });
}

/** Calls with messages in the shapes of the generated types. */
export async function callTyped<Request extends object, Response extends object>(
  client: Client,
  path: string,
  types: { readonly request: string; readonly response: string },
  request: Request,
  options: UnaryOptions = {},
): Promise<Response> {
  const bytes = new ProtoCodec<Request, Request>(types.request).encode(request);
  return new ProtoCodec<Response, Response>(types.response).decode(await unary(client, path, bytes, options));
}

export interface SeenError {
  readonly code: number;
  readonly details: string;
  readonly reason: string | undefined;
  readonly domain: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  /** `seconds.nanos` of RetryInfo. */
  readonly retryDelay: string | undefined;
}

/** What a caller can learn from an error. */
export function seenError(error: unknown): SeenError {
  const { code, details, metadata } = error as ServiceError;
  const encoded = metadata.get('grpc-status-details-bin')[0];
  const status = encoded === undefined ? undefined : statusCodec.decode(encoded as Buffer);
  let info: ErrorInfo__Output | undefined;
  let retry: RetryInfo__Output | undefined;
  for (const detail of (status?.details ?? []) as readonly { type_url: string; value: Buffer }[]) {
    if (detail.type_url.endsWith('/google.rpc.ErrorInfo')) info = errorInfoCodec.decode(detail.value);
    if (detail.type_url.endsWith('/google.rpc.RetryInfo')) retry = retryInfoCodec.decode(detail.value);
  }
  return {
    code,
    details,
    reason: info?.reason,
    domain: info?.domain,
    fields: info?.metadata ?? {},
    retryDelay: retry?.retryDelay == null ? undefined : `${retry.retryDelay.seconds}.${retry.retryDelay.nanos}`,
  };
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<SeenError> {
  try {
    await call;
  } catch (error) {
    return seenError(error);
  }
  throw new Error('the call succeeded');
}
