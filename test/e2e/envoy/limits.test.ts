import { Metadata, status, type Client } from '@grpc/grpc-js';
import { connect } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { createClient, failureOf, unary } from '../../support/grpc-client.js';
import { callGrpcWeb } from '../../support/grpc-web.js';
import { encode } from '../../support/hardened-server.js';
import { type EnvoyConfig, limitCalls } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';
import { ServedBroker } from '../../support/served-broker.js';
import { toolsMissing } from '../../support/tools.js';

const PUBLISH = '/waybill.v1.BrokerService/Publish';
const FETCH = '/waybill.v1.BrokerService/Fetch';
const SUBSCRIBE = '/waybill.v1.BrokerService/Subscribe';
const CALLS = 20;
/** So slow that no call comes back while a test runs. */
const BUCKET = { max_tokens: CALLS, tokens_per_fill: 1, fill_interval: '3600s' };

const message = encode('waybill.v1.PublishRequest', { subject: 'orders', body: Buffer.from('tea') });
const query = encode('waybill.v1.FetchRequest', { subject: 'orders', id: 1 });

/** Fewer calls than in production, where a test of them would be a load test. */
function fewCalls(config: EnvoyConfig): void {
  limitCalls(config, 'publish', 'credential', BUCKET);
  limitCalls(config, 'publish', 'anonymous', BUCKET);
  limitCalls(config, 'stream', 'credential', BUCKET);
}

requireBackend('envoy', toolsMissing('envoy'))('the limits of Envoy', () => {
  let broker: ServedBroker;
  let envoy: Envoy;
  let client: Client;
  let credentials = 0;
  let authorization: string;

  beforeAll(async () => {
    broker = await ServedBroker.start([]);
    envoy = await Envoy.start({ brokers: [{ grpc: portOf(broker.grpc) }], edit: fewCalls });
    await envoy.untilHealthy(1);
    client = createClient(envoy.address);
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await broker?.dispose();
  });

  beforeEach(() => {
    authorization = `Bearer client-${++credentials}:secret`;
  });

  function by(credential: string): { readonly metadata: Metadata } {
    const metadata = new Metadata();
    metadata.set('authorization', credential);
    return { metadata };
  }

  async function publishUpToTheLimit(credential: string): Promise<void> {
    for (let call = 0; call < CALLS; call++) await unary(client, PUBLISH, message, by(credential));
  }

  it('refuse a client that is over its own with RESOURCE_EXHAUSTED, and nobody else', async () => {
    await publishUpToTheLimit(authorization);
    for (let call = 0; call < 3; call++) {
      const failure = await failureOf(unary(client, PUBLISH, message, by(authorization)));
      expect(failure).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: 'local_rate_limited' });
    }
    await unary(client, PUBLISH, message, by('Bearer another:secret'));
    await unary(client, PUBLISH, message);
  });

  it('tell when to try again', async () => {
    await publishUpToTheLimit(authorization);
    const raw = new RawGrpc(envoy.address);
    const { headers } = await raw.call(PUBLISH, frame(message), { authorization });
    expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '8', 'retry-after': '1' });
    expect(headers['x-ratelimit-remaining']).toBe('0');
    await raw.close();
  });

  it('are told by our client as such, with the time to wait', async () => {
    const credentials = { clientId: 'own', clientSecret: 'secret' };
    const own = connect({ address: envoy.address, ownConnection: true, credentials });
    for (let call = 0; call < CALLS; call++) await own.publish({ subject: 'orders', body: 'tea' });
    const expected = { codeName: 'RESOURCE_EXHAUSTED', reason: 'RATE_LIMITED', retryAfterMs: 1000 };
    await expect(own.publish({ subject: 'orders', body: 'tea' })).rejects.toMatchObject(expected);
    own.close();
  });

  it('count each kind of method by itself', async () => {
    await publishUpToTheLimit(authorization);
    await expect(unary(client, PUBLISH, message, by(authorization))).rejects.toMatchObject({ code: 8 });
    await unary(client, FETCH, query, by(authorization));
    const raw = new RawGrpc(envoy.address);
    const request = frame(encode('waybill.v1.SubscribeRequest', { subjects: ['none'], stopAtHead: true }));
    for (let call = 0; call < CALLS; call++)
      expect((await raw.call(SUBSCRIBE, request, { authorization })).status).toBe(0);
    expect((await raw.call(SUBSCRIBE, request, { authorization })).status).toBe(status.RESOURCE_EXHAUSTED);
    await unary(client, FETCH, query, by(authorization));
    await raw.close();
  });

  it('count callers without credentials by their address', async () => {
    let answered = 0;
    let code = 0;
    while (code === 0) {
      code = await unary(client, PUBLISH, message).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
      if (code === 0) answered++;
    }
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(answered).toBeLessThanOrEqual(CALLS);
    // Who says to come from elsewhere is not believed.
    const metadata = new Metadata();
    metadata.set('x-forwarded-for', '192.0.2.1');
    expect(await failureOf(unary(client, PUBLISH, message, { metadata }))).toMatchObject({ code: 8 });
    await unary(client, PUBLISH, message, by(authorization));
  });

  it('tell pages the same as everybody', async () => {
    await publishUpToTheLimit(authorization);
    const headers = { authorization, origin: 'http://localhost:3000' };
    const refused = await callGrpcWeb(`http://${envoy.address}`, PUBLISH, message, headers);
    expect(refused).toMatchObject({ http: 200, status: status.RESOURCE_EXHAUSTED, message: 'local_rate_limited' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after');
    const other = await callGrpcWeb(`http://${envoy.address}`, PUBLISH, message, {
      authorization: 'Bearer third:secret',
    });
    expect(other).toMatchObject({ http: 200, status: status.OK });
    expect(other.messages).toHaveLength(1);
  });

  it('keep no credential that is longer than any can be', async () => {
    const failure = await failureOf(unary(client, PUBLISH, message, by(`Bearer a:${'x'.repeat(5000)}`)));
    expect(failure).toMatchObject({ code: status.UNAUTHENTICATED });
    await unary(client, PUBLISH, message, by(`Bearer a:${'x'.repeat(4000)}`));
  });
});
