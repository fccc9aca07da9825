import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status, type Client } from '@grpc/grpc-js';
import { createClient, unary } from '../../support/grpc-client.js';
import { type Fate, ScriptedUpstream } from '../../support/programs/scripted-upstream.js';

const page = readFileSync(join(__dirname, '../../../docs/operations/envoy.md'), 'utf8');
const serviceConfig = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

describe('a client with the service config of the page about Envoy', () => {
  const fates: Fate[] = [];
  let server: ScriptedUpstream;
  let client: Client;

  beforeAll(async () => {
    server = await ScriptedUpstream.start(fates);
    client = createClient(`127.0.0.1:${server.port}`, undefined, { 'grpc.service_config': serviceConfig });
  });

  afterAll(async () => {
    client.close();
    await server.stop();
  });

  beforeEach(() => {
    server.calls.length = 0;
    fates.splice(0, fates.length, 'unavailable');
  });

  it.each(['/waybill.v1.BrokerService/Fetch', '/waybill.v1.StreamService/ListEvents', '/broker.Broker/Fetch'])(
    'asks again after UNAVAILABLE: %s',
    async (path) => {
      await unary(client, path, Buffer.alloc(0));
      expect(server.calls).toEqual([path, path]);
    },
  );

  it.each(['/waybill.v1.BrokerService/Publish', '/broker.Broker/Publish', '/waybill.v1.StreamService/ProcessEvents'])(
    'leaves to its user what may have happened: %s',
    async (path) => {
      await expect(unary(client, path, Buffer.alloc(0))).rejects.toMatchObject({ code: status.UNAVAILABLE });
      expect(server.calls).toEqual([path]);
    },
  );
});
