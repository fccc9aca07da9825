import { status } from '@grpc/grpc-js';
import { DescriptorIndex } from './descriptor-index.js';
import type {
  ServerReflectionRequest,
  ServerReflectionRequest__Output,
} from './generated/grpc/reflection/v1/ServerReflectionRequest.js';
import type { ServerReflectionResponse } from './generated/grpc/reflection/v1/ServerReflectionResponse.js';
import { ProtoCodec } from './proto-codec.js';
import type { RpcListener, RpcStream, ServiceMethods, ServiceTable } from './rpc-call.js';

/** Both versions that clients ask for: their messages are the same. */
export const REFLECTION_SERVICES = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

const requestCodec = new ProtoCodec<ServerReflectionRequest, ServerReflectionRequest__Output>(
  'grpc.reflection.v1.ServerReflectionRequest',
);
const responseCodec = new ProtoCodec<ServerReflectionResponse, ServerReflectionResponse>(
  'grpc.reflection.v1.ServerReflectionResponse',
);

/** Tells clients such as grpcurl, buf curl, k6 and Evans what the server offers. */
export class ReflectionService {
  readonly #descriptors: DescriptorIndex;
  readonly #services: readonly string[];

  /**
   * @param descriptorSet a serialized `google.protobuf.FileDescriptorSet` with all imports
   * @param services full names of the services that are offered, besides reflection itself
   */
  constructor(descriptorSet: Buffer, services: readonly string[]) {
    this.#services = [...services, ...REFLECTION_SERVICES].toSorted();
    this.#descriptors = new DescriptorIndex(descriptorSet, new Set(this.#services));
  }

  /** Both services. */
  services(): ServiceTable {
    const methods: ServiceMethods = {
      ServerReflectionInfo: { kind: 'bidi', handler: (stream) => this.#open(stream) },
    };
    return Object.fromEntries(REFLECTION_SERVICES.map((name) => [name, methods]));
  }

  /** Answers one request at a time: a client that does not read its answers is not read either. */
  #open(stream: RpcStream): RpcListener {
    stream.access.requireAny('reflect');
    stream.read();
    return {
      onMessage: (message) => {
        const request = requestCodec.decode(message);
        const response = { validHost: request.host, originalRequest: request, ...this.#answer(request) };
        stream.send(responseCodec.encode(response), () => stream.read());
      },
      onHalfClose: () => stream.end(),
      onCancel: () => undefined,
    };
  }

  #answer(request: ServerReflectionRequest__Output): ServerReflectionResponse {
    switch (request.messageRequest) {
      case 'listServices':
        return { listServicesResponse: { service: this.#services.map((name) => ({ name })) } };
      case 'fileByFilename':
        return fileAnswer('file', request.fileByFilename, (name) => this.#descriptors.fileByName(name));
      case 'fileContainingSymbol':
        return fileAnswer('symbol', request.fileContainingSymbol, (name) => this.#descriptors.fileBySymbol(name));
      case 'allExtensionNumbersOfType':
        return this.#extensionNumbers(request.allExtensionNumbersOfType ?? '');
      case 'fileContainingExtension':
        return notFound('the contracts have no extensions');
      default:
        return errorAnswer(status.INVALID_ARGUMENT, 'the request asks for nothing that is known here');
    }
  }

  /** There are none: proto3 messages cannot be extended. */
  #extensionNumbers(type: string): ServerReflectionResponse {
    if (!this.#descriptors.isMessage(type)) return notFound('unknown message type');
    return { allExtensionNumbersResponse: { baseTypeName: type, extensionNumber: [] } };
  }
}

function fileAnswer(
  what: string,
  name: string | undefined,
  find: (name: string) => readonly Buffer[] | undefined,
): ServerReflectionResponse {
  const files = find(name ?? '');
  if (files === undefined) return notFound(`unknown ${what}`);
  return { fileDescriptorResponse: { fileDescriptorProto: [...files] } };
}

function notFound(message: string): ServerReflectionResponse {
  return errorAnswer(status.NOT_FOUND, message);
}

function errorAnswer(code: status, message: string): ServerReflectionResponse {
  return { errorResponse: { errorCode: code, errorMessage: message } };
}
