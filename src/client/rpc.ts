import { Metadata, type CallOptions as GrpcCallOptions, type Client } from '@grpc/grpc-js';
import type { CallOptions } from './call-options.js';
import { activeHeaders, ClientSpan, describeCall, type SpanDescription } from './client-span.js';
import { toWaybillError } from './status-details.js';

/** Requests and responses are bytes here; the codecs are the callers'. */
const identity = (bytes: Buffer): Buffer => bytes;

/** The calls of one channel as promises and streams of bytes. */
export class Rpc {
  readonly #client: Client;
  readonly #defaultTimeoutMs: number;
  readonly #authorization: string | undefined;

  /** @param authorization header of every call */
  constructor(client: Client, defaultTimeoutMs: number, authorization: string | undefined) {
    this.#client = client;
    this.#defaultTimeoutMs = defaultTimeoutMs;
    this.#authorization = authorization;
  }

  /**
   * @param description of the call's span
   * @throws WaybillError
   */
  unary(
    path: string,
    request: Buffer,
    options: CallOptions = {},
    description: SpanDescription = describeCall(path),
  ): Promise<Buffer> {
    const span = ClientSpan.start(description);
    return span.around(() => this.#call(path, request, this.#metadata(span.headers()), options));
  }

  #call(path: string, request: Buffer, metadata: Metadata, options: CallOptions): Promise<Buffer> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const abort = (): void => call.cancel();
      const call = this.#client.makeUnaryRequest(
        path,
        identity,
        identity,
        request,
        metadata,
        this.#grpcOptions(options),
        (error, response) => {
          signal?.removeEventListener('abort', abort);
          if (response !== undefined && error === null) resolve(response);
          else reject(toWaybillError(error));
        },
      );
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) abort();
    });
  }

  /** A stream may last for days: it has no span of its own. */
  serverStream(path: string, request: Buffer) {
    return this.#client.makeServerStreamRequest(path, identity, identity, request, this.#metadata(activeHeaders()));
  }

  bidiStream(path: string) {
    return this.#client.makeBidiStreamRequest(path, identity, identity, this.#metadata(activeHeaders()));
  }

  /** Resolves when the channel is connected. */
  ready(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#client.close();
  }

  #metadata(context: ReadonlyMap<string, string>): Metadata {
    const metadata = new Metadata();
    for (const [name, value] of context) metadata.set(name, value);
    if (this.#authorization !== undefined) metadata.set('authorization', this.#authorization);
    return metadata;
  }

  #grpcOptions({ timeoutMs = this.#defaultTimeoutMs }: CallOptions): GrpcCallOptions {
    return timeoutMs === 0 ? {} : { deadline: Date.now() + timeoutMs };
  }
}
