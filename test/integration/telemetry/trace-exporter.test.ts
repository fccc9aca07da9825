import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Received {
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** Accepts any POST; `received` fulfils with the first one. */
async function openCollector() {
  const posts: Received[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      posts.push({ path: request.url, contentType: request.headers['content-type'], body: Buffer.concat(chunks) });
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Exports one span from a process of its own and answers its trace id. */
async function exportOneTrace(exporter: 'otlp' | 'jaeger', endpoint: string): Promise<string> {
  const script = join(__dirname, '../../support/export-one-trace.ts');
  const { stdout } = await run(process.execPath, ['--require', 'tsx/cjs', script, exporter, endpoint]);
  return stdout.trim();
}

describe('trace exporter', () => {
  it('posts OTLP as Protobuf over HTTP', async () => {
    const collector = await openCollector();
    try {
      const traceId = await exportOneTrace('otlp', collector.url);
      expect(collector.posts).toHaveLength(1);
      const [post] = collector.posts;
      expect(post?.path).toBe('/v1/traces');
      expect(post?.contentType).toBe('application/x-protobuf');
      expect(post?.body.includes('publish orders.created')).toBe(true);
      expect(post?.body.includes('waybill')).toBe(true);
      expect(post?.body.includes(Buffer.from(traceId, 'hex'))).toBe(true);
    } finally {
      await collector.close();
    }
  });

  it('keeps a path that the endpoint names', async () => {
    const collector = await openCollector();
    try {
      await exportOneTrace('otlp', `${collector.url}/tenant/traces`);
      expect(collector.posts.map(({ path }) => path)).toEqual(['/tenant/traces']);
    } finally {
      await collector.close();
    }
  });

  it('posts Thrift to Jaeger over HTTP', async () => {
    const collector = await openCollector();
    try {
      await exportOneTrace('jaeger', collector.url);
      expect(collector.posts).toHaveLength(1);
      const [post] = collector.posts;
      expect(post?.path).toBe('/api/traces');
      expect(post?.contentType).toBe('application/x-thrift');
      expect(post?.body.includes('publish orders.created')).toBe(true);
      expect(post?.body.includes('waybill')).toBe(true);
    } finally {
      await collector.close();
    }
  });

  it("sends Thrift to Jaeger's agent over UDP", async () => {
    const agent = createSocket('udp4');
    try {
      agent.bind(0, '127.0.0.1');
      await once(agent, 'listening');
      const packet = once(agent, 'message') as Promise<[Buffer]>;
      await exportOneTrace('jaeger', `udp://127.0.0.1:${agent.address().port}`);
      const [bytes] = await packet;
      expect(bytes.includes('publish orders.created')).toBe(true);
    } finally {
      agent.close();
    }
  });
});
