import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Root, type Type } from 'protobufjs';

/** The contract files that are served, as they are imported. */
const CONTRACTS = [
  'broker.proto',
  'waybill/v1/broker_service.proto',
  'waybill/v1/admin_service.proto',
  'waybill/v1/stream_service.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
] as const;

/** The package's `proto` folder, found upwards from here: this file runs from `src` and, built, from `dist`. */
function findProtoFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'proto');
    if (existsSync(join(candidate, 'broker.proto'))) return candidate;
    if (folder === dirname(folder)) throw new Error('the folder "proto" is missing from this installation');
  }
}

const PROTO_FOLDER = findProtoFolder(__dirname);

let root: Root | undefined;

/** Every message type of the contracts; the files are read once, at first use. */
function protoRoot(): Root {
  if (root === undefined) {
    const loading = new Root();
    loading.resolvePath = (_origin, target) => join(PROTO_FOLDER, target);
    loading.loadSync([...CONTRACTS]).resolveAll();
    root = loading;
  }
  return root;
}

/** The message type of this full name, such as `waybill.v1.FetchRequest`. */
export function messageType(name: string): Type {
  return protoRoot().lookupType(name);
}

/** The compiled contracts with all they import: a serialized `google.protobuf.FileDescriptorSet`. */
export function readDescriptorSet(): Buffer {
  return readFileSync(join(PROTO_FOLDER, 'waybill.binpb'));
}
