import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Metadata, status } from '@grpc/grpc-js';
import { connect, type WaybillClient } from '../../../src/client/index.js';
import { requireBackend } from '../../support/backends.js';
import { createClient, failureOf, identity, unary } from '../../support/grpc-client.js';
import { encode } from '../../support/hardened-server.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { frame, RawGrpc } from '../../support/raw-grpc.js';
import { RawBus } from '../../support/raw-bus.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';
import { serviceMissing } from '../../support/services/addresses.js';
import { freePort } from '../../support/services/free-port.js';
import { createNamespace, type StorageNamespace } from '../../support/services/storage-namespace.js';
import { SubscriptionReader } from '../../support/subscription-reader.js';
import { toolsMissing } from '../../support/tools.js';

const CLIENT = { clientId: 'shop', clientSecret: 'not-to-be-seen-anywhere' };
const AUTHORIZATION = `Basic ${Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString('base64')}`;

requireBackend('envoy', toolsMissing('envoy') ?? serviceMissing('postgres'))('two brokers behind Envoy', () => {
  let namespace: StorageNamespace;
  const processes: ServerProcess[] = [];
  const brokers: ServedBroker[] = [];
  let envoy: Envoy;
  let client: WaybillClient;
  let subject: string;

  beforeAll(async () => {
    namespace = createNamespace('postgres');
    const upstreams = [];
    for (let i = 0; i < 2; i++) {
      const tcp = await freePort();
      const environment = { WAYBILL_CLIENTS: `${CLIENT.clientId}:${CLIENT.clientSecret}`, WAYBILL_AUTH: 'required' };
      const flags = [...namespace.flags, '--tcp-address', `127.0.0.1:${tcp}`];
      const process = ServerProcess.spawn({ flags, environment });
      processes.push(process);
      const broker = await ServedBroker.of(process);
      brokers.push(broker);
      upstreams.push({ grpc: portOf(broker.grpc), tcp });
    }
    envoy = await Envoy.start({ brokers: upstreams });
    await envoy.untilHealthy(2);
    client = connect({ address: envoy.address, ownConnection: true, credentials: CLIENT });
  }, 120_000);

  afterAll(async () => {
    client?.close();
    await envoy?.stop();
    await Promise.all(brokers.map((broker) => broker.dispose()));
    await namespace?.remove();
  }, 30_000);

  beforeEach(() => {
    subject = `orders.${randomUUID()}`;
  });

  /** Calls that each broker has answered. */
  function handled(): Promise<readonly number[]> {
    return Promise.all(
      brokers.map(async ({ admin }) => {
        const text = await (await fetch(`${admin}/metrics`)).text();
        const samples = text.matchAll(/^grpc_server_handled_total\{.*BrokerService.*\} (\d+)$/gm);
        return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
      }),
    );
  }

  it('publish, fetch and list, each of them its share', async () => {
    for (let id = 1; id <= 40; id++) expect(await client.publish({ subject, body: `tea ${id}` })).toMatchObject({ id });
    expect((await client.publishBatch([{ subject, body: 'tea 41' }]))[0]).toMatchObject({ id: 41 });
    expect((await client.fetch(subject, 40)).body.toString()).toBe('tea 40');
    expect((await client.list({ subject })).messages.map(({ id }) => id)).toEqual(
      Array.from({ length: 41 }, (_, i) => i + 1),
    );
    for (const calls of await handled()) expect(calls).toBeGreaterThan(0);
  });

  it('deliver to subscribers what comes by a publish stream', async () => {
    const readers = Array.from({ length: 4 }, () => new SubscriptionReader(client, { subjects: [subject] }));
    for (const reader of readers) await reader.untilKind('caughtUp');
    const stream = client.publishStream();
    await stream.ready();
    const { ids, failures } = await stream.send(Array.from({ length: 100 }, (_, i) => ({ subject, body: String(i) })));
    expect({ ids: ids.length, failures }).toEqual({ ids: 100, failures: [] });
    for (const reader of readers) {
      await reader.untilMessages(100);
      expect(reader.ids).toEqual(ids);
      await reader.close();
    }
    await stream.close();
  });

  it('get the largest messages, and give them back', async () => {
    const body = Buffer.alloc(1024 * 1024, 'x');
    expect(await client.publish({ subject, body })).toMatchObject({ id: 1 });
    const batch = await client.publishBatch([1, 2, 3].map(() => ({ subject, body })));
    expect(batch).toMatchObject([{ id: 2 }, { id: 3 }, { id: 4 }]);
    expect((await client.fetch(subject, 4)).body.equals(body)).toBe(true);
    const reader = new SubscriptionReader(client, { subjects: [subject], from: 'earliest' });
    await reader.untilMessages(4);
    expect(reader.messages.map((message) => message.body.length)).toEqual([1, 1, 1, 1].map(() => body.length));
    await reader.close();
  });

  it('keep the contract of broker.Broker', async () => {
    const original = createClient(envoy.address);
    const metadata = new Metadata();
    metadata.set('authorization', AUTHORIZATION);
    const subscription = original.makeServerStreamRequest(
      '/broker.Broker/Subscribe',
      identity,
      identity,
      encode('broker.SubscribeRequest', { subject }),
      metadata,
    );
    await once(subscription, 'metadata');
    const delivered = once(subscription, 'data');
    const message = { subject, body: Buffer.from('tea'), expirationSeconds: 60 };
    const id = await unary(original, '/broker.Broker/Publish', encode('broker.PublishRequest', message), { metadata });
    expect(id).toEqual(encode('broker.PublishResponse', { id: 1 }));
    const body = encode('broker.MessageResponse', { body: message.body });
    expect(
      await unary(original, '/broker.Broker/Fetch', encode('broker.FetchRequest', { subject, id: 1 }), { metadata }),
    ).toEqual(body);
    expect(await delivered).toEqual([body]);
    subscription.on('error', () => undefined).cancel();
    original.close();
  });

  it('serve the event bus through the TCP listener', async () => {
    const bus = await RawBus.open(`127.0.0.1:${envoy.eventBusPort}`);
    const auth = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret };
    bus.send(`${JSON.stringify({ operation: 'create_stream', auth, body: { stream_name: subject } })}\n`);
    expect(JSON.parse((await bus.line()).toString())).toMatchObject({ status: true });
    bus.end();
  });

  it('tell their own errors with all details', async () => {
    await expect(client.fetch(subject, 1)).rejects.toMatchObject({
      code: status.NOT_FOUND,
      reason: 'MESSAGE_NOT_FOUND',
      fields: { subject },
    });
  });

  it('are asked by methods that exist only', async () => {
    const raw = createClient(envoy.address);
    expect(await failureOf(unary(raw, '/waybill.v1.Unknown/Publish', Buffer.alloc(0)))).toMatchObject({
      code: status.UNIMPLEMENTED,
    });
    raw.close();
    const before = await handled();
    for (const path of [
      '/',
      '/metrics',
      '/waybill.v1.BrokerService/Publish/..',
      '/waybill.v1.BrokerService%2FPublish',
    ]) {
      expect((await fetch(`http://${envoy.address}${path}`)).ok).toBe(false);
    }
    expect(await handled()).toEqual(before);
  });

  it('need not answer for a call to end at the deadline of its client', async () => {
    const raw = new RawGrpc(envoy.address);
    const fetching = encode('waybill.v1.FetchRequest', { subject, id: 1 });
    const headers = { authorization: AUTHORIZATION, 'grpc-timeout': '300m' };
    for (const held of processes) held.kill('SIGSTOP');
    try {
      const answer = await raw.call('/waybill.v1.BrokerService/Fetch', frame(fetching), headers);
      expect(answer.status).toBe(status.DEADLINE_EXCEEDED);
    } finally {
      for (const held of processes) held.kill('SIGCONT');
    }
    await raw.close();
    await envoy.untilHealthy(2);
  });

  it('show two pages of the administration and nothing else of it', async () => {
    expect(await (await fetch(`${envoy.observabilityUrl}/ready`)).text()).toBe('LIVE\n');
    const metrics = await (await fetch(`${envoy.observabilityUrl}/stats/prometheus`)).text();
    expect(metrics).toContain('envoy_cluster_membership_healthy{envoy_cluster_name="waybill"} 2');
    for (const path of [
      '/',
      '/config_dump',
      '/stats',
      '/ready/../config_dump',
      '/clusters',
      '//config_dump',
      '/logging',
    ]) {
      expect({ path, status: (await fetch(`${envoy.observabilityUrl}${path}`)).status }).toEqual({ path, status: 404 });
    }
    const stop = await fetch(`${envoy.observabilityUrl}/quitquitquit`, { method: 'POST' });
    expect(stop.status).toBe(404);
  });

  it('leave failed calls in the access log, and secrets neither there nor in the administration', async () => {
    const path = '/waybill.v1.BrokerService/Fetch';
    await expect(client.fetch(subject, 1)).rejects.toMatchObject({ code: status.NOT_FOUND });
    await fetch(`http://${envoy.address}/?authorization=${CLIENT.clientSecret}`);
    const entry = await envoy.accessLogEntry(
      (candidate) => candidate['path'] === path && candidate['grpc_status'] === 'NotFound',
    );
    expect(entry).toMatchObject({ method: 'POST', http_status: 200, client: '127.0.0.1', attempts: 1 });
    const pages = await Promise.all(
      ['/config_dump?include_eds', '/stats', '/clusters'].map((page) => envoy.admin(page)),
    );
    for (const text of [envoy.log, ...pages]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text).not.toContain(CLIENT.clientSecret);
      expect(text).not.toContain(AUTHORIZATION.slice('Basic '.length));
    }
  });
});
