import {
  type MethodDefinition,
  type ServerInterceptor,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { RpcMethod, ServiceMethods, ServiceTable } from './rpc-call.js';
import { serveCall } from './serve-call.js';
import type { BoundMethod, CallEnvironment } from './served-call.js';

/**
 * Runs our methods directly over the call below, in place of grpc-js' handler functions: their streams cost several
 * times more per message, and they wait for each write before they send the status.
 */
class Dispatched extends ServerInterceptingCall {
  readonly #lower: ServerInterceptingCallInterface;
  readonly #bound: BoundMethod;
  readonly #environment: CallEnvironment;

  constructor(lower: ServerInterceptingCallInterface, bound: BoundMethod, environment: CallEnvironment) {
    super(lower);
    this.#lower = lower;
    this.#bound = bound;
    this.#environment = environment;
  }

  /** grpc-js would attach its handler here; its listener stays unused. */
  override start(): void {
    serveCall(this.#lower, this.#bound, this.#environment);
  }
}

/** The interceptor that serves all methods of the table. */
export function createDispatcher(services: ServiceTable, environment: CallEnvironment): ServerInterceptor {
  const bound = new Map<string, BoundMethod>();
  for (const [service, methods] of Object.entries(services)) {
    for (const [name, method] of Object.entries(methods)) {
      const path = methodPath(service, name);
      bound.set(path, { info: { path, service, name, kind: method.kind }, method });
    }
  }
  return (definition, lower) => {
    const method = bound.get(definition.path);
    return method === undefined ? new ServerInterceptingCall(lower) : new Dispatched(lower, method, environment);
  };
}

/** What grpc-js needs to know of a service: its paths. Messages pass as bytes. */
export function serviceDefinition(service: string, methods: ServiceMethods): ServiceDefinition {
  const definition: Record<string, MethodDefinition<Buffer, Buffer>> = {};
  for (const [name, method] of Object.entries(methods)) definition[name] = methodDefinition(service, name, method);
  return definition;
}

/** `/waybill.v1.BrokerService/Publish` */
export function methodPath(service: string, name: string): string {
  return `/${service}/${name}`;
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}

function methodDefinition(service: string, name: string, { kind }: RpcMethod): MethodDefinition<Buffer, Buffer> {
  return {
    path: methodPath(service, name),
    requestStream: kind === 'bidi',
    responseStream: kind !== 'unary',
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}
