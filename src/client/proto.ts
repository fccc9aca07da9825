import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Root, type Message, type Type } from 'protobufjs';
import { malformedResponse } from './waybill-error.js';

/** The package's `proto` folder, found upwards from here: this file runs from `src` and, built, from `dist`. */
function findProtoFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'proto');
    if (existsSync(join(candidate, 'waybill', 'v1', 'broker_service.proto'))) return candidate;
    if (folder === dirname(folder)) throw new Error('the folder "proto" is missing from this installation');
  }
}

let root: Root | undefined;

function protoRoot(): Root {
  if (root === undefined) {
    const folder = findProtoFolder(__dirname);
    const loading = new Root();
    loading.resolvePath = (_origin, target) => join(folder, target);
    loading
      .loadSync([
        'broker.proto',
        'waybill/v1/broker_service.proto',
        'waybill/v1/admin_service.proto',
        'waybill/v1/stream_service.proto',
        'google/rpc/status.proto',
        'google/rpc/error_details.proto',
        'grpc/health/v1/health.proto',
      ])
      .resolveAll();
    root = loading;
  }
  return root;
}

/** The message type of this full name; the contract files are read once, at first use. */
export function messageType(name: string): Type {
  return protoRoot().lookupType(name);
}

/** Encodes a plain object in the shape of the message type `name`. */
export function encodeAs(name: string, value: object): Buffer {
  const type = messageType(name);
  return type.encode(type.fromObject(value)).finish() as Buffer;
}

/**
 * Decodes to a plain object with camel case names, numbers for all integers and names for enums.
 *
 * @throws WaybillError RESPONSE_MALFORMED
 */
export function decodeAs<T>(name: string, bytes: Uint8Array): T {
  const type = messageType(name);
  return type.toObject(decode(type, bytes), {
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
  }) as T;
}

function decode(type: Type, bytes: Uint8Array): Message {
  try {
    return type.decode(bytes);
  } catch (error) {
    throw malformedResponse(`it is not a ${type.fullName.slice(1)}`, error);
  }
}
