import { Broker } from '../../src/broker/broker.js';
import { NO_BROKER_METRICS } from '../../src/broker/broker-metrics.js';
import { DEFAULT_BROKER_LIMITS } from '../../src/broker/limits.js';
import { FULL_ACCESS, type Access } from '../../src/auth/access.js';
import { BrokerError } from '../../src/core/errors.js';
import { NO_LOGGER } from '../../src/core/logger.js';
import type { AppendItem } from '../../src/storage/storage.js';
import { EventStreams } from '../../src/streams/event-streams.js';
import { NO_STREAM_METRICS } from '../../src/streams/stream-metrics.js';
import { TcpServer, type TcpServerOptions } from '../../src/tcp/server.js';
import { CREDENTIALS } from './event-bus/bus-requests.js';
import { ManualClock } from './manual-clock.js';
import { RawBus } from './raw-bus.js';
import { SharedMemory } from './shared-memory.js';

export const IDLE_MS = 60_000;

/**
 * The event bus in this process, with a clock that a test moves, writes that it can hold up and a memory storage that can
 * be away.
 */
export class BusInProcess {
  readonly clock = new ManualClock();
  readonly shared = new SharedMemory(this.clock);
  readonly storage = this.shared.connect();
  readonly #broker = new Broker({
    storage: this.storage,
    clock: this.clock,
    limits: DEFAULT_BROKER_LIMITS,
    metrics: NO_BROKER_METRICS,
  });
  /** Writes that have come to the log. */
  writes = 0;
  #gate: Promise<void> | undefined;
  readonly streams = new EventStreams({
    storage: this.storage,
    log: { append: (items) => this.#append(items) },
    clock: this.clock,
    limits: { ...DEFAULT_BROKER_LIMITS, eventTtlUs: 0 },
    metrics: NO_STREAM_METRICS,
  });
  readonly server: TcpServer;
  readonly #opened: RawBus[] = [];
  #address = '';

  private constructor(options: Partial<TcpServerOptions>) {
    this.server = new TcpServer({
      address: '127.0.0.1:0',
      limits: { maxConnections: 0, maxConnectionsPerAddress: 0 },
      streams: this.streams,
      authenticator: { verify },
      maxLineBytes: 1024 * 1024,
      idleTimeoutMs: IDLE_MS,
      clock: this.clock,
      logger: NO_LOGGER,
      ...options,
    });
  }

  static async start(options: Partial<TcpServerOptions> = {}): Promise<BusInProcess> {
    const bus = new BusInProcess(options);
    bus.#address = await bus.server.start();
    return bus;
  }

  get address(): string {
    return this.#address;
  }

  get port(): number {
    return Number(this.#address.split(':')[1]);
  }

  async open(): Promise<RawBus> {
    const bus = await RawBus.open(this.#address);
    this.#opened.push(bus);
    return bus;
  }

  /** Creates the stream `big` with this many events of 100 KiB; a page of a list holds ten of them. */
  async fill(count: number): Promise<void> {
    await this.streams.create('big');
    const event = Buffer.from(JSON.stringify('x'.repeat(100 * 1024)));
    for (let index = 0; index < count; index++) await this.streams.write('big', event);
  }

  /** Holds up all writes until the answer is called. */
  holdWrites(): () => void {
    let release = (): void => {};
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((bus) => bus.dispose()));
    await this.server.stop(0);
    await this.#broker.close();
    await this.shared.close();
  }

  async #append(items: readonly AppendItem[]): ReturnType<Broker['append']> {
    this.writes++;
    await this.#gate;
    return this.#broker.append(items);
  }
}

/** As the registry of clients does, for one client with all rights. */
export function verify(clientId: string, secret: string): Access {
  if (clientId === CREDENTIALS.client_id && secret === CREDENTIALS.client_secret) return FULL_ACCESS;
  throw new BrokerError('CREDENTIALS_INVALID', 'unknown client or wrong secret');
}
