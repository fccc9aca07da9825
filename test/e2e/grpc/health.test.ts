import { on, once } from 'node:events';
import { type Client, type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js';
import { systemClock } from '../../../src/core/clock.js';
import { NO_LOGGER } from '../../../src/core/logger.js';
import type { HealthCheckRequest } from '../../../src/grpc/generated/grpc/health/v1/HealthCheckRequest.js';
import type { HealthCheckResponse } from '../../../src/grpc/generated/grpc/health/v1/HealthCheckResponse.js';
import type { HealthListResponse } from '../../../src/grpc/generated/grpc/health/v1/HealthListResponse.js';
import { HEALTH_SERVICE, HealthService } from '../../../src/grpc/health.js';
import { ProtoCodec } from '../../../src/grpc/proto-codec.js';
import { GrpcServer } from '../../../src/grpc/server.js';
import { callTyped, createClient, failureOf, identity } from '../../support/grpc-client.js';

const requestCodec = new ProtoCodec<HealthCheckRequest, HealthCheckRequest>('grpc.health.v1.HealthCheckRequest');
const responseCodec = new ProtoCodec<HealthCheckResponse, HealthCheckResponse>('grpc.health.v1.HealthCheckResponse');

let health: HealthService;
let server: GrpcServer;
let client: Client;

beforeEach(async () => {
  health = new HealthService(['broker.Broker']);
  server = new GrpcServer({
    address: '127.0.0.1:0',
    services: { [HEALTH_SERVICE]: health.methods() },
    clock: systemClock,
    logger: NO_LOGGER,
  });
  client = createClient(await server.start());
});

afterEach(async () => {
  client.close();
  await server.stop(1000);
});

async function check(service: string): Promise<HealthCheckResponse['status']> {
  const types = { request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse' };
  const answer = await callTyped<HealthCheckRequest, HealthCheckResponse>(client, `/${HEALTH_SERVICE}/Check`, types, {
    service,
  });
  return answer.status;
}

function watch(service: string): ClientReadableStream<Buffer> {
  return client.makeServerStreamRequest(
    `/${HEALTH_SERVICE}/Watch`,
    identity,
    identity,
    requestCodec.encode({ service }),
  );
}

async function nextState(stream: AsyncIterator<[Buffer]>): Promise<HealthCheckResponse['status']> {
  const next = await stream.next();
  return responseCodec.decode((next.value as [Buffer])[0]).status;
}

it('answers for the server and for each service', async () => {
  expect(await check('')).toBe('NOT_SERVING');
  health.setServing(true);
  expect(await check('')).toBe('SERVING');
  expect(await check('broker.Broker')).toBe('SERVING');
});

it('knows no other service', async () => {
  expect(await failureOf(check('broker.Other'))).toMatchObject({ code: status.NOT_FOUND });
});

it('lists all of them', async () => {
  const types = { request: 'grpc.health.v1.HealthListRequest', response: 'grpc.health.v1.HealthListResponse' };
  const answer = await callTyped<object, HealthListResponse>(client, `/${HEALTH_SERVICE}/List`, types, {});
  expect(answer.statuses).toEqual({ '': { status: 'NOT_SERVING' }, 'broker.Broker': { status: 'NOT_SERVING' } });
});

it('reports the state and each change of it to a watcher', async () => {
  const call = watch('broker.Broker');
  call.on('error', () => undefined);
  const states = on(call, 'data') as AsyncIterator<[Buffer]>;
  expect(await nextState(states)).toBe('NOT_SERVING');
  health.setServing(true);
  health.setServing(true);
  expect(await nextState(states)).toBe('SERVING');
  health.setServing(false);
  expect(await nextState(states)).toBe('NOT_SERVING');
  call.cancel();
});

it('lets a client watch a service that is not known', async () => {
  const call = watch('broker.Other');
  call.on('error', () => undefined);
  expect(await nextState(on(call, 'data') as AsyncIterator<[Buffer]>)).toBe('SERVICE_UNKNOWN');
  call.cancel();
});

it('ends the watchers when it closes, and takes no new ones', async () => {
  const call = watch('');
  const ended = once(call, 'error') as Promise<[ServiceError]>;
  await once(call, 'data');
  health.close();
  expect((await ended)[0].code).toBe(status.UNAVAILABLE);
  const [error] = (await once(watch('').resume(), 'error')) as [ServiceError];
  expect(error.code).toBe(status.UNAVAILABLE);
});

it('refuses a request that is not protobuf', async () => {
  const truncated = Buffer.from([0x0a, 0x7f, 0x61]);
  const call = new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/${HEALTH_SERVICE}/Check`, identity, identity, truncated, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
  expect(await failureOf(call)).toMatchObject({ code: status.INVALID_ARGUMENT, reason: 'REQUEST_MALFORMED' });
});
