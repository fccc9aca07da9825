import { status } from '@grpc/grpc-js';
import { requireBackend } from '../../support/backends.js';
import { Envoy } from '../../support/programs/envoy.js';
import { type Fate, ScriptedUpstream } from '../../support/programs/scripted-upstream.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';
import { toolsMissing } from '../../support/tools.js';

const BROKER = '/waybill.v1.BrokerService';
const STREAMS = '/waybill.v1.StreamService';
const ADMIN = '/waybill.v1.AdminService';

const READS = [
  ...['Fetch', 'List'].map((name) => `${BROKER}/${name}`),
  ...['GetStream', 'ListStreams', 'ListEvents'].map((name) => `${STREAMS}/${name}`),
  ...['GetServerInfo', 'ListSubjects', 'GetSubject'].map((name) => `${ADMIN}/${name}`),
  '/broker.Broker/Fetch',
];
const SUBSCRIPTIONS = [`${BROKER}/Subscribe`, '/broker.Broker/Subscribe', '/grpc.health.v1.Health/Watch'];
const PUBLISHES = [
  ...['Publish', 'PublishBatch', 'PublishStream'].map((name) => `${BROKER}/${name}`),
  `${STREAMS}/WriteEvent`,
  '/broker.Broker/Publish',
];
const CHANGES = [
  ...['CreateStream', 'DeleteStream', 'ProcessEvents', 'RetryEvents', 'MarkEvent', 'ExtendLease', 'ReleaseLease'].map(
    (name) => `${STREAMS}/${name}`,
  ),
  `${ADMIN}/PurgeSubject`,
];

/** By kind of method: after which endings it is tried again. */
const TRIED_AGAIN = [
  { methods: READS, after: ['refused', 'unavailable', 'not_written', 'unknown', 'reset'] },
  { methods: SUBSCRIPTIONS, after: ['refused', 'unavailable', 'not_written', 'unknown', 'reset'] },
  { methods: PUBLISHES, after: ['refused', 'not_written'] },
  { methods: CHANGES, after: ['refused'] },
] as const satisfies readonly { readonly methods: readonly string[]; readonly after: readonly Fate[] }[];
const FAILURES = ['refused', 'unavailable', 'not_written', 'unknown', 'reset'] as const;
/** The first try and `num_retries`. */
const MOST_TRIES = 4;

requireBackend('envoy', toolsMissing('envoy'))('a call that fails behind Envoy', () => {
  const fates: Fate[] = [];
  let upstreams: ScriptedUpstream[];
  let envoy: Envoy;
  let raw: RawGrpc;

  beforeAll(async () => {
    upstreams = [await ScriptedUpstream.start(fates), await ScriptedUpstream.start(fates)];
    envoy = await Envoy.start({ brokers: upstreams.map(({ port }) => ({ grpc: port })) });
    await envoy.untilHealthy(2);
    raw = new RawGrpc(envoy.address);
  }, 60_000);

  afterAll(async () => {
    await raw?.close();
    await envoy?.stop();
    await Promise.all(upstreams.map((upstream) => upstream.stop()));
  });

  beforeEach(() => {
    fates.length = 0;
    for (const { calls } of upstreams) calls.length = 0;
  });

  async function call(path: string): Promise<number> {
    return (await raw.call(path, frame(Buffer.from('request')))).status;
  }

  const cases = TRIED_AGAIN.flatMap(({ methods, after }) =>
    methods.flatMap((path) =>
      FAILURES.map(
        (fate) =>
          [path, fate, (after as readonly Fate[]).includes(fate) ? 'tried again' : 'left to its caller'] as const,
      ),
    ),
  );

  it.each(cases)('%s after %s: %s', async (path, fate, expected) => {
    fates.push(fate);
    const code = await call(path);
    if (expected === 'tried again') {
      expect(code).toBe(status.OK);
      // At the other broker.
      expect(upstreams.map(({ calls }) => calls)).toEqual([[path], [path]]);
    } else {
      expect(code).toBe(status.UNAVAILABLE);
      expect(upstreams.flatMap(({ calls }) => calls)).toEqual([path]);
    }
  });

  it.each([READS[0]!, PUBLISHES[0]!, CHANGES[0]!])('is tried a few times, not for ever: %s', async (path) => {
    fates.push(...Array.from({ length: 20 }, () => 'refused' as const));
    expect(await call(path)).toBe(status.UNAVAILABLE);
    expect(upstreams.flatMap(({ calls }) => calls)).toHaveLength(MOST_TRIES);
  });

  it('is no reason to take its broker out, however often brokers answer so', async () => {
    const before = await envoy.stat('cluster.waybill.outlier_detection.ejections_enforced_total');
    for (let failed = 0; failed < 50; failed++) {
      fates.push('unknown');
      expect(await call(PUBLISHES[0]!)).toBe(status.UNAVAILABLE);
    }
    expect(await envoy.stat('cluster.waybill.outlier_detection.ejections_enforced_total')).toBe(before);
    expect(await envoy.stat('cluster.waybill.membership_healthy')).toBe(2);
  });

  it('is sent elsewhere when its broker is gone, whatever it is', async () => {
    await upstreams[0]?.stop();
    for (const path of [...READS, ...PUBLISHES, ...CHANGES, ...SUBSCRIPTIONS])
      expect({ path, code: await call(path) }).toEqual({ path, code: status.OK });
    upstreams[0] = await ScriptedUpstream.start(fates);
  });
});
