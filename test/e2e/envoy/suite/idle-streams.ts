import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { encodePublishFrame } from '../../../../src/client/wire/publish-encoder.js';
import { BROKER, encode } from '../../../support/hardened-server.js';
import { Envoy, portOf } from '../../../support/programs/envoy.js';
import { frame, RawGrpc } from '../../../support/raw-grpc.js';
import { ServedBroker } from '../../../support/served-broker.js';

/** Envoy and grpc-js cut what is silent after 5 minutes where nobody tells them otherwise. */
const IDLE_MS = 6 * 60_000;
const SUBJECT = 'idle';

/** Streams of every kind on one connection, on which nobody says anything for {@link IDLE_MS}. */
export class IdleStreams {
  readonly #broker: ServedBroker;
  readonly #envoy: Envoy;
  readonly #raw: RawGrpc;
  readonly #subscriptions: readonly ClientHttp2Stream[];
  readonly #publishing: ClientHttp2Stream;
  readonly #watch: ClientHttp2Stream;
  readonly #openedMs = performance.now();

  private constructor(
    broker: ServedBroker,
    envoy: Envoy,
    raw: RawGrpc,
    streams: Record<'original' | 'own' | 'publishing' | 'watch', ClientHttp2Stream>,
  ) {
    this.#broker = broker;
    this.#envoy = envoy;
    this.#raw = raw;
    this.#subscriptions = [streams.original, streams.own];
    this.#publishing = streams.publishing;
    this.#watch = streams.watch;
  }

  static async open(): Promise<IdleStreams> {
    const broker = await ServedBroker.start([]);
    const envoy = await Envoy.start({ brokers: [{ grpc: portOf(broker.grpc) }] });
    await envoy.untilHealthy(1);
    const raw = new RawGrpc(envoy.address);
    const open = async (path: string, request?: Buffer): Promise<ClientHttp2Stream> => {
      const stream = raw.open(path);
      // Whoever reads it is told.
      stream.on('error', () => undefined);
      if (request !== undefined) stream.end(frame(request));
      await once(stream, 'response');
      return stream;
    };
    return new IdleStreams(broker, envoy, raw, {
      // Without heartbeats.
      original: await open('/broker.Broker/Subscribe', encode('broker.SubscribeRequest', { subject: SUBJECT })),
      own: await open(
        `${BROKER}/Subscribe`,
        encode('waybill.v1.SubscribeRequest', { subjects: [SUBJECT], new: {}, heartbeatInterval: { seconds: 300 } }),
      ),
      publishing: await open(`${BROKER}/PublishStream`),
      watch: await open('/grpc.health.v1.Health/Watch', encode('grpc.health.v1.HealthCheckRequest', { service: '' })),
    });
  }

  /** Waits for what is left of the time, and uses the publish stream: all that is published there must arrive. */
  async use(): Promise<void> {
    await wait(Math.max(0, IDLE_MS - (performance.now() - this.#openedMs)));
    const body = Buffer.from('after a long silence');
    const delivered = this.#subscriptions.map(async (stream) => {
      for await (const chunk of stream) if ((chunk as Buffer).includes(body)) return;
      throw new Error('the stream has ended');
    });
    this.#publishing.write(frame(encodePublishFrame(1, [{ subject: SUBJECT, body }])));
    await Promise.all(delivered);
    expect(this.#watch.closed).toBe(false);
  }

  async close(): Promise<void> {
    this.#raw.breakConnection();
    await this.#envoy.stop();
    await this.#broker.dispose();
  }
}
