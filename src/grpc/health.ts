import { status } from '@grpc/grpc-js';
import { BrokerError } from '../core/errors.js';
import type { HealthCheckRequest, HealthCheckRequest__Output } from './generated/grpc/health/v1/HealthCheckRequest.js';
import type { HealthCheckResponse } from './generated/grpc/health/v1/HealthCheckResponse.js';
import type { HealthListRequest } from './generated/grpc/health/v1/HealthListRequest.js';
import type { HealthListResponse } from './generated/grpc/health/v1/HealthListResponse.js';
import { ProtoCodec } from './proto-codec.js';
import type { RpcStream, ServiceMethods } from './rpc-call.js';

export const HEALTH_SERVICE = 'grpc.health.v1.Health';

type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';

const requestCodec = new ProtoCodec<HealthCheckRequest, HealthCheckRequest__Output>(
  'grpc.health.v1.HealthCheckRequest',
);
const responseCodec = new ProtoCodec<HealthCheckResponse, HealthCheckResponse>('grpc.health.v1.HealthCheckResponse');
const listRequestCodec = new ProtoCodec<HealthListRequest, object>('grpc.health.v1.HealthListRequest');
const listResponseCodec = new ProtoCodec<HealthListResponse, HealthListResponse>('grpc.health.v1.HealthListResponse');

/** One open Watch call. A client that does not read costs one message: later states replace each other. */
class Watcher {
  #sent: ServingStatus | undefined;
  #sending = false;

  constructor(
    readonly stream: RpcStream,
    private readonly current: () => ServingStatus,
  ) {}

  update(): void {
    const state = this.current();
    if (this.#sending || state === this.#sent) return;
    this.#sent = state;
    this.#sending = true;
    this.stream.send(responseCodec.encode({ status: state }), () => {
      this.#sending = false;
      this.update();
    });
  }
}

/**
 * The standard health service. The name "" stands for the server as a whole; all services are in the same state,
 * because they stand on the same storage.
 */
export class HealthService {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<Watcher>();
  #serving = false;
  #closed = false;

  /** @param services full names of the services that can be asked for */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  /** False at first. */
  setServing(serving: boolean): void {
    this.#serving = serving;
    for (const watcher of this.#watchers) watcher.update();
  }

  /** Ends every watch with UNAVAILABLE: clients watch again, elsewhere. */
  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers) watcher.stream.end(shuttingDown());
    this.#watchers.clear();
  }

  methods(): ServiceMethods {
    return {
      Check: {
        kind: 'unary',
        forAnyone: true,
        handler: (request) => this.#check(requestCodec.decode(request).service),
        codes: { METHOD_UNKNOWN: status.NOT_FOUND },
      },
      List: {
        kind: 'unary',
        forAnyone: true,
        handler: async (request) => {
          listRequestCodec.decode(request);
          return this.#list();
        },
      },
      Watch: {
        kind: 'serverStream',
        forAnyone: true,
        handler: (request, stream) => this.#watch(requestCodec.decode(request).service, stream),
      },
    };
  }

  #state(service: string): ServingStatus {
    if (!this.#services.has(service)) return 'SERVICE_UNKNOWN';
    return this.#serving ? 'SERVING' : 'NOT_SERVING';
  }

  async #check(service: string): Promise<Buffer> {
    const state = this.#state(service);
    if (state === 'SERVICE_UNKNOWN') throw new BrokerError('METHOD_UNKNOWN', 'the server has no such service');
    return responseCodec.encode({ status: state });
  }

  #list(): Buffer {
    const entries = [...this.#services].map((service) => [service, { status: this.#state(service) }] as const);
    return listResponseCodec.encode({ statuses: Object.fromEntries(entries) });
  }

  #watch(service: string, stream: RpcStream): { onCancel(): void } {
    if (this.#closed) throw shuttingDown();
    const watcher = new Watcher(stream, () => this.#state(service));
    this.#watchers.add(watcher);
    watcher.update();
    return { onCancel: () => this.#watchers.delete(watcher) };
  }
}

function shuttingDown(): BrokerError {
  return new BrokerError('SHUTTING_DOWN', 'the server is shutting down');
}
