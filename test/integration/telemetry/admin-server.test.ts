import { once } from 'node:events';
import { connect } from 'node:net';
import { NO_LOGGER } from '../../../src/core/logger.js';
import { AdminServer, type AdminServerOptions } from '../../../src/telemetry/admin-server.js';

let server: AdminServer;
let reasons: readonly string[];
let render: () => Promise<string>;

function listen(options: Partial<AdminServerOptions> = {}): Promise<AdminServer> {
  return AdminServer.listen({
    address: { host: '127.0.0.1', port: 0 },
    metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', render: () => render() },
    readiness: { reasons: () => reasons },
    logger: NO_LOGGER,
    ...options,
  });
}

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.address.port}${path}`, init);
}

beforeEach(async () => {
  reasons = [];
  render = () => Promise.resolve('waybill_up 1\n');
  server = await listen();
});

afterEach(() => server.stop());

describe('admin server', () => {
  it('serves the metrics in the Prometheus text format', async () => {
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('waybill_up 1\n');
  });

  it('is alive also when it is not ready', async () => {
    reasons = ['draining'];
    const response = await get('/livez');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('ok\n');
  });

  it('answers 200 when ready and 503 with the reasons when not', async () => {
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
    reasons = ['storage: no answer within 2000 ms'];
    const unready = await get('/readyz');
    expect([unready.status, await unready.json()]).toEqual([503, { ready: false, reasons }]);
    expect(unready.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('answers 404 for other paths and 405 for other methods', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics/x')).status).toBe(404);
    const post = await get('/metrics', { method: 'POST', body: 'x' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers HEAD without a body and ignores a query', async () => {
    const head = await get('/metrics?x=1', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '13', '']);
  });

  it('answers 500 without details when the metrics fail', async () => {
    render = () => Promise.reject(new Error('internals'));
    const response = await get('/metrics');
    expect([response.status, await response.text()]).toEqual([500, 'internal error\n']);
  });

  it('refuses headers of more than 8 KiB', async () => {
    expect((await get('/livez', { headers: { 'x-long': 'x'.repeat(9_000) } })).status).toBe(431);
  });

  it('stops at once although a client has sent half a request', async () => {
    const socket = connect(server.address.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
    // A whole request on another connection shows that the server has had its turn.
    await get('/livez');
    const closed = once(socket, 'close');
    socket.on('error', () => {});
    await server.stop();
    await closed;
    await server.stop();
  });

  it('names the address and the reason when its port is in use', async () => {
    const { port } = server.address;
    await expect(listen({ address: { host: '127.0.0.1', port } })).rejects.toThrow(
      `cannot listen at the admin address 127.0.0.1:${port}: the port is in use`,
    );
  });
});
