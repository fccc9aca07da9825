import { importViolations } from '../../../scripts/import-rules.js';

function allows(file: string, statement: string): boolean {
  return importViolations(file, `${statement}\n`).length === 0;
}

describe('importViolations', () => {
  test.each([
    ['src/core/subject.ts', "import { BrokerError } from './errors.js';"],
    ['src/storage/storage.ts', "import type { Message } from '../core/message.js';"],
    ['src/storage/embedded/keys.ts', "import type { MessageLog } from '../storage.js';"],
    ['src/storage/embedded/embedded-storage.ts', "import { open } from 'lmdb';"],
    ['src/storage/memory/memory-log.ts', "import { encodeChunk } from '../chunk.js';"],
    ['src/storage/open-storage.ts', "const driver = await import('./embedded/index.js');"],
    ['src/broker/broker.ts', "import type { Storage } from '../storage/storage.js';"],
    ['src/grpc/server.ts', "import { Server } from '@grpc/grpc-js';"],
    ['src/grpc/reflection/index-files.ts', "import { BrokerError } from '../../core/errors.js';"],
    ['src/client/channel.ts', "import type { ProtoGrpcType } from '../grpc/generated/broker.js';"],
    ['src/grpc/wire/page-codec.ts', "import { fieldSize } from '../../protobuf/wire-size.js';"],
    ['src/client/wire/read-decoder.ts', "import { fieldTag } from '../../protobuf/wire-type.js';"],
    ['src/telemetry/metrics.ts', "import { Registry } from 'prom-client';"],
    ['src/telemetry/tracing.ts', "import { NodeSDK } from '@opentelemetry/sdk-node';"],
    ['src/config/load.ts', "import { parse } from 'yaml';"],
    ['src/app.ts', "import { Broker } from './broker/broker.js';"],
    ['src/main.ts', "import { createApp } from './app.js';"],
    ['src/cli/serve.ts', "import { join } from 'node:path';"],
    ['src/grpc/stream-service.ts', "access.require('create_stream', subject);"],
  ])('lets %s say %s', (file, statement) => {
    expect(allows(file, statement)).toBe(true);
  });

  test.each([
    ['src/core/message.ts', "import type { Storage } from '../storage/storage.js';"],
    ['src/core/subject.ts', "import { z } from 'zod';"],
    ['src/storage/storage.ts', "import type { BrokerLimits } from '../broker/limits.js';"],
    ['src/storage/chunk.ts', "import { open } from 'lmdb';"],
    ['src/storage/memory/memory-log.ts', "import { keyOf } from '../embedded/keys.js';"],
    ['src/storage/memory/memory-log.ts', "import { open } from 'lmdb';"],
    ['src/storage/embedded/embedded-storage.ts', "import { Broker } from '../../broker/broker.js';"],
    ['src/broker/broker.ts', "import { MemoryStorage } from '../storage/memory/memory-storage.js';"],
    ['src/broker/broker.ts', "import { openStorage } from '../storage/open-storage.js';"],
    ['src/broker/broker.ts', "import { status } from '@grpc/grpc-js';"],
    ['src/broker/broker.ts', "import { toStatus } from '../grpc/status.js';"],
    ['src/broker/broker-metrics.ts', "import { Counter } from 'prom-client';"],
    ['src/grpc/server.ts', "import { Registry } from 'prom-client';"],
    ['src/grpc/server.ts', "import { NodeSDK } from '@opentelemetry/sdk-node';"],
    ['src/grpc/server.ts', "import { metrics } from '../telemetry/metrics.js';"],
    ['src/grpc/server.ts', "import type { App } from '../app.js';"],
    ['src/telemetry/admin-server.ts', "import { Server } from '../grpc/server.js';"],
    ['src/protobuf/wire-reader.ts', "import { WaybillError } from '../client/waybill-error.js';"],
    ['src/protobuf/wire-reader.ts', "import { Reader } from 'protobufjs';"],
    ['src/broker/cursor.ts', "import { WireReader } from '../protobuf/wire-reader.js';"],
    ['src/client/channel.ts', "import { encodeMessage } from '../grpc/wire/message-codec.js';"],
    ['src/client/channel.ts', "import { Broker } from '../broker/broker.js';"],
    ['src/cli/publish.ts', "import { credentials } from '@grpc/grpc-js';"],
    ['src/cli/serve.ts', "import { createApp } from '../app.js';"],
    ['src/config/load.ts', "import { createApp } from '../app.js';"],
    ['src/app.ts', "import { Server } from '@grpc/grpc-js';"],
    ['src/app.ts', "import { main } from './main.js';"],
    ['src/broker/broker.ts', "export { open } from '../storage/embedded/index.js';"],
    ['src/broker/broker.ts', "const lmdb = await import('lmdb');"],
    ['src/broker/broker.ts', "const lmdb = require('lmdb');"],
    ['src/broker/broker.ts', "import '../telemetry/tracing.js';"],
    ['src/grpc/server.ts', "import {\n  one,\n  two,\n} from '../cli/table.js';"],
  ])('stops %s from saying %s', (file, statement) => {
    expect(allows(file, statement)).toBe(false);
  });

  test('asks for a rule for every new folder', () => {
    expect(importViolations('src/consumer-groups/group.ts', '')).toHaveLength(1);
  });

  test('names the file and what it may not import', () => {
    expect(importViolations('src/core/message.ts', "import { Broker } from '../broker/broker.js';")).toEqual([
      'src/core/message.ts: core may not import broker (src/broker/broker.ts)',
    ]);
  });
});
