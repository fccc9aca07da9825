import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { type Client, status } from '@grpc/grpc-js';
import { FileDescriptorProto, type IFileDescriptorProto } from 'protobufjs/ext/descriptor/index.js';
import { systemClock } from '../../../src/core/clock.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { ServerReflectionRequest } from '../../../src/grpc/generated/grpc/reflection/v1/ServerReflectionRequest.js';
import type { ServerReflectionResponse__Output } from '../../../src/grpc/generated/grpc/reflection/v1/ServerReflectionResponse.js';
import { HEALTH_SERVICE, HealthService } from '../../../src/grpc/health.js';
import { readDescriptorSet } from '../../../src/grpc/proto.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { REFLECTION_SERVICES, ReflectionService } from '../../../src/grpc/reflection.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { createClient, identity } from '../../support/grpc-client.js';

const requestCodec = new ProtoCodec<ServerReflectionRequest, ServerReflectionRequest>(
  'grpc.reflection.v1.ServerReflectionRequest',
);
const responseCodec = new ProtoCodec<object, ServerReflectionResponse__Output>(
  'grpc.reflection.v1.ServerReflectionResponse',
);
const LISTED = ['broker.Broker', HEALTH_SERVICE, 'waybill.v1.AdminService', 'waybill.v1.BrokerService'];

let server: GrpcServer;
let address: string;
let client: Client;

beforeAll(async () => {
  const health = new HealthService(LISTED);
  health.setServing(true);
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: {
      ...new ReflectionService(readDescriptorSet(), LISTED).services(),
      [HEALTH_SERVICE]: health.methods(),
    },
    clock: systemClock,
    logger: NO_LOGGER,
  });
  address = await server.start();
  client = createClient(address);
});

afterAll(async () => {
  client.close();
  await server.stop(1000);
});

/** Asks all of it in one stream. */
async function ask(
  service: string,
  ...requests: ServerReflectionRequest[]
): Promise<ServerReflectionResponse__Output[]> {
  const call = client.makeBidiStreamRequest(`/${service}/ServerReflectionInfo`, identity, identity);
  const responses: ServerReflectionResponse__Output[] = [];
  call.on('data', (message: Buffer) => responses.push(responseCodec.decode(message)));
  for (const request of requests) call.write(requestCodec.encode(request));
  call.end();
  await once(call, 'end');
  return responses;
}

function fileNames(response: ServerReflectionResponse__Output | undefined): (string | undefined)[] {
  const files = response?.fileDescriptorResponse?.fileDescriptorProto ?? [];
  return files.map((file) => (FileDescriptorProto.decode(file) as unknown as IFileDescriptorProto).name);
}

describe.each(REFLECTION_SERVICES)('%s', (service) => {
  it('lists every service, itself included', async () => {
    const [response] = await ask(service, { host: 'here', listServices: '' });
    expect(response?.listServicesResponse?.service.map(({ name }) => name)).toEqual(
      [...LISTED, ...REFLECTION_SERVICES].toSorted(),
    );
    expect(response).toMatchObject({ validHost: 'here', originalRequest: { host: 'here', listServices: '' } });
  });

  it('answers a file with all that it imports, unchanged', async () => {
    const [response] = await ask(service, { fileByFilename: 'waybill/v1/broker_service.proto' });
    expect(fileNames(response)).toEqual([
      'waybill/v1/broker_service.proto',
      'google/protobuf/duration.proto',
      'google/protobuf/timestamp.proto',
      'google/rpc/status.proto',
      'waybill/v1/message.proto',
      'google/protobuf/any.proto',
    ]);
  });

  it.each([
    ['a service', 'broker.Broker', 'broker.proto'],
    ['a method', 'waybill.v1.BrokerService.Publish', 'waybill/v1/broker_service.proto'],
    ['a message', 'waybill.v1.Message', 'waybill/v1/message.proto'],
    ['a nested message', 'waybill.v1.PublishStreamResponse.Ack.Failure', 'waybill/v1/broker_service.proto'],
    ['a map entry', 'waybill.v1.Message.HeadersEntry', 'waybill/v1/message.proto'],
    ['a field', 'broker.PublishRequest.expirationSeconds', 'broker.proto'],
    ['a oneof', 'waybill.v1.SubscribeRequest.start', 'waybill/v1/broker_service.proto'],
    ['an enum', 'waybill.v1.Storage.Durability', 'waybill/v1/admin_service.proto'],
    ['an enum value', 'waybill.v1.START_POSITION_NEW', 'waybill/v1/broker_service.proto'],
  ])('finds %s', async (_what, fileContainingSymbol, file) => {
    const [response] = await ask(service, { fileContainingSymbol });
    expect(fileNames(response)[0]).toBe(file);
  });

  it('answers NOT_FOUND to what does not exist and goes on', async () => {
    const responses = await ask(
      service,
      { fileByFilename: 'other.proto' },
      { fileContainingSymbol: 'broker.Other' },
      { fileContainingExtension: { containingType: 'waybill.v1.Message', extensionNumber: 100 } },
      { allExtensionNumbersOfType: 'broker.Other' },
      { allExtensionNumbersOfType: 'waybill.v1.Message' },
      {},
    );
    expect(responses.map((response) => response.errorResponse?.errorCode)).toEqual([
      status.NOT_FOUND,
      status.NOT_FOUND,
      status.NOT_FOUND,
      status.NOT_FOUND,
      undefined,
      status.INVALID_ARGUMENT,
    ]);
  });
});

describe('buf curl', () => {
  async function buf(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('node_modules/.bin/buf', [
      'curl',
      '--protocol',
      'grpc',
      '--http2-prior-knowledge',
      ...args,
    ]);
    return stdout;
  }

  it('lists the services', async () => {
    expect((await buf('--list-services', `http://${address}`)).trim().split('\n')).toEqual(
      [...LISTED, ...REFLECTION_SERVICES].toSorted(),
    );
  }, 30_000);

  it('calls a method that it knows by reflection alone', async () => {
    const answer = await buf('-d', '{}', `http://${address}/${HEALTH_SERVICE}/Check`);
    expect(JSON.parse(answer)).toEqual({ status: 'SERVING' });
  }, 30_000);
});
