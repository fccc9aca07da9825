import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { decodeSubscribeResponse } from '../../../src/client/wire/subscribe-decoder.js';
import { requireBackend } from '../../support/backends.js';
import { encode } from '../../support/hardened-server.js';
import { GrpcWebBrowser, type GrpcWebPage } from '../../support/programs/browser.js';
import { limitCalls } from '../../support/programs/envoy-config.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { ServedBroker } from '../../support/served-broker.js';
import { toolsMissing } from '../../support/tools.js';

const LIMITED = 'Bearer limited:secret';

requireBackend('chromium', toolsMissing('envoy', 'chromium'))('a page in a browser, through Envoy', () => {
  let broker: ServedBroker;
  let envoy: Envoy;
  let browser: GrpcWebBrowser;
  let page: GrpcWebPage;
  let publish: string;
  let subject: string;

  beforeAll(async () => {
    broker = await ServedBroker.start([]);
    envoy = await Envoy.start({
      brokers: [{ grpc: portOf(broker.grpc) }],
      // So that two calls are enough to be over it.
      edit: (config) =>
        limitCalls(config, 'publish', 'credential', { max_tokens: 1, tokens_per_fill: 1, fill_interval: '3600s' }),
    });
    await envoy.untilHealthy(1);
    browser = await GrpcWebBrowser.start();
    page = await browser.open('127.0.0.1');
    publish = `http://${envoy.address}/waybill.v1.BrokerService/Publish`;
  }, 60_000);

  afterAll(async () => {
    await browser?.stop();
    await envoy?.stop();
    await broker?.dispose();
  });

  beforeEach(() => {
    subject = `page.${randomUUID()}`;
  });

  function message(body: string): Buffer {
    return encode('waybill.v1.PublishRequest', { subject, body: Buffer.from(body) });
  }

  it('publishes', async () => {
    const answer = await page.unary(publish, message('from a page'));
    expect(answer).toMatchObject({ http: 200, status: status.OK, messages: [expect.anything()] });
    expect((await broker.client.fetch(subject, 1)).body.toString()).toBe('from a page');
  });

  it('is delivered to as soon as something is published', async () => {
    const request = encode('waybill.v1.SubscribeRequest', { subjects: [subject], new: {} });
    const url = `http://${envoy.address}/waybill.v1.BrokerService/Subscribe`;
    const streaming = page.stream(url, request, 4);
    // Confirmed and caught up.
    await page.streamed(2);
    for (const body of ['first', 'second']) await broker.client.publish({ subject, body });
    const frames = (await streaming).map((frame) => decodeSubscribeResponse(frame));
    const bodies = frames
      .flatMap((frame) => (frame?.kind === 'batch' ? frame.messages : []))
      .map(({ body }) => Buffer.from(body).toString());
    expect(bodies).toEqual(['first', 'second']);
  });

  it('sees the code of an error, and of a limit when to try again', async () => {
    const fetching = encode('waybill.v1.FetchRequest', { subject, id: 1 });
    const missing = await page.unary(`http://${envoy.address}/waybill.v1.BrokerService/Fetch`, fetching);
    expect(missing).toMatchObject({ http: 200, status: status.NOT_FOUND });
    const authorization = { authorization: LIMITED };
    expect(await page.unary(publish, message('1'), authorization)).toMatchObject({ status: status.OK });
    const refused = await page.unary(publish, message('2'), authorization);
    expect(refused).toMatchObject({ http: 200, status: status.RESOURCE_EXHAUSTED, retryAfter: '1' });
  });

  it('of a foreign origin reaches nothing', async () => {
    const foreign = await browser.open('127.0.0.2');
    expect(await foreign.unary(publish, message('foreign'))).toEqual({ refused: 'TypeError: Failed to fetch' });
    await expect(broker.client.fetch(subject, 1)).rejects.toMatchObject({ reason: 'MESSAGE_NOT_FOUND' });
  });
});
