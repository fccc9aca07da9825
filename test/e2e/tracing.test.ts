import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { callTyped, createClient } from '../support/grpc-client.js';
import { ServerProcess } from '../support/server-process.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const PUBLISH = { request: 'waybill.v1.PublishRequest', response: 'waybill.v1.PublishResponse' };
const FETCH = { request: 'waybill.v1.FetchRequest', response: 'waybill.v1.FetchResponse' };

interface Fetched {
  readonly message: { readonly headers: Readonly<Record<string, string>> };
}

async function openCollector() {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk));
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => Buffer.concat(bodies),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('tracing', () => {
  it('carries the context of a publish in the headers and exports its spans before the process ends', async () => {
    const collector = await openCollector();
    const server = ServerProcess.spawn({
      environment: { WAYBILL_TRACING: 'otlp', WAYBILL_TRACING_ENDPOINT: collector.url },
    });
    try {
      const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
      const client = createClient(address);
      const metadata = new Metadata();
      metadata.set('traceparent', TRACEPARENT);
      const path = '/waybill.v1.BrokerService';
      await callTyped(
        client,
        `${path}/Publish`,
        PUBLISH,
        { subject: 'orders.42', body: Buffer.from('x') },
        { metadata },
      );
      const fetched = await callTyped<object, Fetched>(client, `${path}/Fetch`, FETCH, { subject: 'orders.42', id: 1 });
      const { traceparent } = fetched.message.headers;
      expect(traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
      // What comes later belongs below the publish, not beside it.
      expect(traceparent).not.toBe(TRACEPARENT);
      client.close();

      server.kill('SIGTERM');
      expect(await server.exited).toEqual({ code: 0, signal: null });
      const bytes = collector.received();
      expect(bytes.includes('publish orders.{id}')).toBe(true);
      expect(bytes.includes(Buffer.from(TRACE_ID, 'hex'))).toBe(true);
    } finally {
      await server.dispose();
      collector.close();
    }
  });

  it('does not hold up the end when the collector never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const server = ServerProcess.spawn({
      flags: ['--shutdown-timeout', '2s'],
      environment: {
        WAYBILL_TRACING: 'otlp',
        WAYBILL_TRACING_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      },
    });
    try {
      const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
      const client = createClient(address);
      await callTyped(client, '/waybill.v1.BrokerService/Publish', PUBLISH, { subject: 'a', body: Buffer.from('x') });
      client.close();
      server.kill('SIGTERM');
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(server.stdout).toContain('the last spans were not exported');
    } finally {
      await server.dispose();
      silent.closeAllConnections();
      silent.close();
    }
  });
});
