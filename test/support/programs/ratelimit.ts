import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../services/free-port.js';
import { RedisServer } from '../services/redis-server.js';
import { ServiceFolder } from '../services/service-folder.js';
import { ServiceProcess } from '../services/service-process.js';
import { findTool } from '../tools.js';

export interface RateLimitServiceOptions {
  /** Changes the text of the limits: production's would be a load test. */
  readonly edit: (limits: string) => string;
}

const LIMITS = join(__dirname, '../../../docker/ratelimit/config/waybill.yaml');

/** The real rate-limit service with the limits of this repository, on a Redis of its own. */
export class RateLimitService {
  /** Of its gRPC. */
  readonly port: number;
  readonly #redis: RedisServer;
  readonly #process: ServiceProcess;

  private constructor(port: number, redis: RedisServer, process: ServiceProcess) {
    this.port = port;
    this.#redis = redis;
    this.#process = process;
  }

  static async start({ edit }: RateLimitServiceOptions): Promise<RateLimitService> {
    const [grpc, http, debug] = [await freePort(), await freePort(), await freePort()];
    const redis = await RedisServer.start({ appendfsync: 'no' });
    try {
      const folder = ServiceFolder.create('ratelimit');
      const limits = join(folder.subfolder('config'), 'waybill.yaml');
      cpSync(LIMITS, limits);
      writeFileSync(limits, edit(readFileSync(limits, 'utf8')));
      const environment = {
        USE_STATSD: 'false',
        LOG_LEVEL: 'warn',
        REDIS_SOCKET_TYPE: 'tcp',
        REDIS_URL: redis.url.replace('redis://', ''),
        RUNTIME_ROOT: folder.path,
        RUNTIME_SUBDIRECTORY: '',
        RUNTIME_WATCH_ROOT: 'false',
        RUNTIME_IGNOREDOTFILES: 'true',
        ...{ HOST: '127.0.0.1', PORT: http, GRPC_HOST: '127.0.0.1', GRPC_PORT: grpc },
        ...{ DEBUG_HOST: '127.0.0.1', DEBUG_PORT: debug },
      };
      const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const process = await ServiceProcess.start({
        name: `the rate-limit service at 127.0.0.1:${grpc}`,
        command: ['env', ...settings, findTool('ratelimit').command],
        folder,
        stopSignal: 'SIGTERM',
        probe: () => isHealthy(`http://127.0.0.1:${http}/healthcheck`),
      });
      return new RateLimitService(grpc, redis, process);
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  /** Port of its Redis. */
  get redisPort(): number {
    return Number(new URL(this.#redis.url).port);
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await this.#redis.stop();
  }
}

async function isHealthy(url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(await response.text());
}
