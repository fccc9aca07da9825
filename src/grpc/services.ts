import type { Broker } from '../broker/broker.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import type { Storage } from '../storage/storage.js';
import type { Streams } from '../streams/streams.js';
import { ADMIN_SERVICE, adminMethods } from './admin-service.js';
import { BROKER_SERVICE, BrokerService, DEFAULT_STREAM_LIMITS, type StreamLimits } from './broker-service.js';
import { COMPAT_SERVICE, CompatService } from './compat-service.js';
import { HEALTH_SERVICE, HealthService } from './health.js';
import { readDescriptorSet } from './proto.js';
import { readingMethods } from './reading-methods.js';
import { ReflectionService } from './reflection.js';
import type { ServiceMethods, ServiceTable } from './rpc-call.js';
import { StatusEncoder } from './status-encoder.js';
import { STREAM_SERVICE, streamMethods } from './stream-service.js';

/** What a deployment may do without. What is not offered answers UNIMPLEMENTED, and neither reflection nor health name it. */
export interface OptionalServices {
  readonly reflection: boolean;
  readonly health: boolean;
  readonly administration: boolean;
}

export interface GrpcServicesOptions {
  readonly broker: Broker;
  readonly streams: Streams;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracing: Tracing | undefined;
  /** Undefined: nobody is limited. */
  readonly limiter?: PublishLimiter | undefined;
  readonly streamLimits: Partial<StreamLimits>;
  readonly maxStreamsPerConnection: number;
  readonly version: string;
  readonly offers: OptionalServices;
}

/** Everything that the server offers over gRPC. */
export class GrpcServices {
  readonly table: ServiceTable;
  readonly #health: HealthService;
  readonly #broker: Broker;
  readonly #brokerService: BrokerService;

  constructor(options: GrpcServicesOptions) {
    const { broker, streams, clock, logger, tracing, limiter, offers } = options;
    const limits = { ...DEFAULT_STREAM_LIMITS, ...options.streamLimits };
    const statusEncoder = new StatusEncoder(logger);
    this.#broker = broker;
    this.#brokerService = new BrokerService({
      broker,
      clock,
      limits,
      encodeStatus: (error) => statusEncoder.encode(error),
      tracing,
      limiter,
    });
    const own: ServiceTable = {
      [COMPAT_SERVICE]: new CompatService({ broker, tracing, limiter, maxBufferedBytes: limits.maxBufferedBytes })
        .methods,
      [BROKER_SERVICE]: { ...this.#brokerService.methods, ...readingMethods(broker) },
      [STREAM_SERVICE]: streamMethods({ streams, limiter, tracing, maxEventBytes: broker.limits.maxMessageBytes }),
      ...(offers.administration ? { [ADMIN_SERVICE]: this.#adminMethods(options) } : {}),
    };
    this.#health = new HealthService(Object.keys(own));
    const named = offers.health ? { ...own, [HEALTH_SERVICE]: this.#health.methods() } : own;
    this.table = offers.reflection
      ? { ...named, ...new ReflectionService(readDescriptorSet(), Object.keys(named)).services() }
      : named;
  }

  #adminMethods({ broker, storage, clock, version, maxStreamsPerConnection }: GrpcServicesOptions): ServiceMethods {
    const { limits } = broker;
    const startTimeUs = clock.nowUs();
    return adminMethods({ broker, storage, limits, version, startTimeUs, maxStreamsPerConnection });
  }

  /** What health checks answer from here on, for the server and each of its services: NOT_SERVING at first. */
  setServing(serving: boolean): void {
    this.#health.setServing(serving);
  }

  /** NOT_SERVING, and every stream is asked to end; what publish streams have sent is still acknowledged. */
  drain(): void {
    this.#health.setServing(false);
    this.#health.close();
    this.#brokerService.drain();
    this.#broker.drainSubscriptions();
  }
}
