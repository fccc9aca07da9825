import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker } from '../../src/broker/broker.js';
import { NO_BROKER_METRICS } from '../../src/broker/broker-metrics.js';
import { DEFAULT_BROKER_LIMITS } from '../../src/broker/limits.js';
import { NO_LOGGER } from '../../src/core/logger.js';
import { GrpcServer } from '../../src/grpc/server.js';
import { STREAM_SERVICE, streamMethods } from '../../src/grpc/stream-service.js';
import { openStorage } from '../../src/storage/open-storage.js';
import type { Storage } from '../../src/storage/storage.js';
import { EventStreams } from '../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../src/streams/stream-metrics.js';
import { ManualClock } from './manual-clock.js';

const DAY_US = 86_400_000_000;

/** Event streams over gRPC, on a storage of this kind and with a clock that a test moves. */
export class StreamServer {
  private constructor(
    readonly address: string,
    readonly clock: ManualClock,
    readonly broker: Broker,
    readonly streams: EventStreams,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(kind: 'memory' | 'embedded'): Promise<StreamServer> {
    const clock = new ManualClock();
    const folder = await mkdtemp(join(tmpdir(), 'waybill-streams-'));
    const storage = await open(kind, folder, clock);
    const limits = DEFAULT_BROKER_LIMITS;
    const broker = new Broker({ storage, clock, limits, metrics: NO_BROKER_METRICS });
    const streams = new EventStreams({
      storage,
      log: broker,
      clock,
      limits: { ...limits, eventTtlUs: 30 * DAY_US },
      metrics: NO_STREAM_METRICS,
    });
    const server = new GrpcServer({
      address: '127.0.0.1:0',
      services: { [STREAM_SERVICE]: streamMethods({ streams, maxEventBytes: limits.maxMessageBytes }) },
      clock,
      logger: NO_LOGGER,
    });
    const stop = async (): Promise<void> => {
      await server.stop(1000);
      await broker.close();
      await storage.close();
      await rm(folder, { recursive: true });
    };
    return new StreamServer(await server.start(), clock, broker, streams, stop);
  }
}

function open(kind: 'memory' | 'embedded', folder: string, clock: ManualClock): Promise<Storage> {
  if (kind === 'embedded') return openStorage({ kind, path: join(folder, 'data') }, clock);
  return openStorage({ kind, maxSubjectBytes: 64 * 1024 * 1024, maxTotalBytes: 512 * 1024 * 1024 }, clock);
}
