import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, type App } from '../../src/app.js';
import { connect } from '../../src/client/index.js';
import { loadConfig } from '../../src/config/load.js';
import { callTyped, createClient } from '../support/grpc-client.js';

const HEALTH_CHECK = {
  path: '/grpc.health.v1.Health/Check',
  types: { request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse' },
};

const open: App[] = [];

async function start(flags: Readonly<Record<string, string>> = {}): Promise<App> {
  const config = loadConfig({
    environment: {},
    flags: {
      'grpc.address': '127.0.0.1:0',
      'admin.address': '127.0.0.1:0',
      storage: 'memory',
      'log.level': 'silent',
      ...flags,
    },
  });
  const app = await createApp(config);
  open.push(app);
  return app;
}

async function readiness(app: App): Promise<unknown> {
  const response = await fetch(`http://${app.addresses.admin}/readyz`);
  return { status: response.status, ...((await response.json()) as object) };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.stop()));
});

describe('app', () => {
  it('tells its addresses and its storage in one line', async () => {
    const app = await start();
    expect(app.summary).toMatch(
      /^waybill \d+\.\d+\.\d+ ready: grpc 127\.0\.0\.1:\d+, admin http:\/\/127\.0\.0\.1:\d+, storage memory$/,
    );
  });

  it('opens the event bus once it knows a client, and not before', async () => {
    expect((await start()).addresses.tcp).toBeUndefined();
    const flags = { clients: 'id:secret', 'tcp.address': '127.0.0.1:0' };
    const app = await start(flags);
    expect(app.summary).toMatch(/, admin http:\/\/[\d.:]+, tcp 127\.0\.0\.1:\d+, storage memory$/);
    expect(app.summary).toContain(`tcp ${app.addresses.tcp}`);
    expect((await start({ ...flags, 'tcp.address': 'off' })).addresses.tcp).toBeUndefined();
  });

  it('names what is wrong with its clients and leaves nothing running', async () => {
    const broken = start({ clients: 'id' });
    await expect(broken).rejects.toThrow('entry 1 of the list: is not of the form id:secret');
    await expect(start({ clientsFile: '/nonexistent/clients.yaml' })).rejects.toThrow('cannot be read: ENOENT');
  });

  it('serves without the admin server when that is off', async () => {
    const app = await start({ 'admin.address': 'off' });
    expect(app.addresses.admin).toBeUndefined();
    expect(app.summary).toContain('admin off');
  });

  it('is ready and healthy, and counts the calls it serves', async () => {
    const app = await start();
    expect(await readiness(app)).toEqual({ status: 200, ready: true, reasons: [] });
    const client = createClient(app.addresses.grpc);
    try {
      const health = await callTyped(client, HEALTH_CHECK.path, HEALTH_CHECK.types, { service: '' });
      expect(health).toMatchObject({ status: 'SERVING' });
    } finally {
      client.close();
    }
    const metrics = await (await fetch(`http://${app.addresses.admin}/metrics`)).text();
    expect(metrics).toContain(
      'grpc_server_handled_total{grpc_service="grpc.health.v1.Health",grpc_method="Check",grpc_type="unary",grpc_code="OK"} 1',
    );
    expect(metrics).toMatch(/^waybill_storage_available\{storage="memory"\} 1$/m);
  });

  it('removes expired data in the background', async () => {
    const app = await start();
    const expired = /^waybill_storage_operation_duration_seconds_count\{operation="expire",storage="memory"\} (\d+)$/m;
    let steps = 0;
    while (steps === 0) {
      steps = Number(expired.exec(await (await fetch(`http://${app.addresses.admin}/metrics`)).text())?.[1]);
    }
    expect(steps).toBeGreaterThan(0);
  });

  it('listens nowhere once it has stopped, and stops once', async () => {
    const app = await start();
    await Promise.all([app.stop(), app.stop()]);
    await expect(fetch(`http://${app.addresses.admin}/livez`)).rejects.toThrow();
    const again = await start({ 'grpc.address': app.addresses.grpc, 'admin.address': String(app.addresses.admin) });
    expect(again.addresses).toEqual(app.addresses);
  });

  it('serves on after the signal to stop for as long as it is told, and says to everybody to go elsewhere', async () => {
    const app = await start({ drainDelay: '3s' });
    const client = connect({ address: app.addresses.grpc, ownConnection: true });
    await client.publish({ subject: 'orders', body: 'before' });
    const stopped = app.stop();
    expect(await readiness(app)).toEqual({ status: 503, ready: false, reasons: ['draining'] });
    expect(await client.health()).toBe('NOT_SERVING');
    expect(await client.publish({ subject: 'orders', body: 'after' })).toMatchObject({ id: 2 });
    await stopped;
    await expect(client.publish({ subject: 'orders', body: 'too late' })).rejects.toMatchObject({
      codeName: 'UNAVAILABLE',
    });
    client.close();
  });

  it('leaves nothing running when a part cannot start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-'));
    try {
      const other = await start();
      const flags = { storage: 'embedded', 'embedded.path': folder };
      await expect(start({ ...flags, 'grpc.address': other.addresses.grpc })).rejects.toThrow(other.addresses.grpc);
      // The folder is free again.
      const app = await start(flags);
      expect(app.summary).toContain(`storage embedded (${folder})`);
      await app.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
