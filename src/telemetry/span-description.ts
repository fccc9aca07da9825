import { SpanKind, type Attributes } from '@opentelemetry/api';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from '@opentelemetry/semantic-conventions';
import {
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_DESTINATION_TEMPLATE,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  ATTR_RPC_METHOD,
  ATTR_RPC_SYSTEM_NAME,
} from '@opentelemetry/semantic-conventions/incubating';
import { MAX_SUBJECT_BYTES } from '../core/subject.js';
import { subjectTemplate } from '../core/subject-template.js';
import type { TracedCall, TracedMessage } from '../core/tracing.js';

/**
 * What a span tells, by the semantic conventions for messaging, RPC and databases
 * (https://opentelemetry.io/docs/specs/semconv). Never a body, a header or who the client is.
 */
export interface Description {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

/** @param type one of `messaging.operation.type`; undefined where none of them fits */
export function messagingDescription(
  operation: string,
  type: string | undefined,
  kind: SpanKind,
  messages: readonly TracedMessage[],
): Description {
  const subject = messages[0]?.subject ?? '';
  // A span may begin before its subject is checked, and outlives the request.
  const isLong = subject.length > MAX_SUBJECT_BYTES;
  const oneSubject = !isLong && messages.every((message) => message.subject === subject);
  const template = oneSubject ? subjectTemplate(subject) : '';
  const attributes = {
    [ATTR_MESSAGING_SYSTEM]: 'waybill',
    [ATTR_MESSAGING_OPERATION_NAME]: operation,
    [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: messages.length,
    ...(type === undefined ? {} : { [ATTR_MESSAGING_OPERATION_TYPE]: type }),
    ...(oneSubject
      ? { [ATTR_MESSAGING_DESTINATION_NAME]: subject, [ATTR_MESSAGING_DESTINATION_TEMPLATE]: template }
      : {}),
  };
  return { name: oneSubject ? `${operation} ${template}` : operation, kind, attributes };
}

export function callDescription(system: TracedCall['system'], method: string): Description {
  return {
    name: method,
    kind: SpanKind.SERVER,
    attributes: { [ATTR_RPC_SYSTEM_NAME]: system, [ATTR_RPC_METHOD]: method },
  };
}

/** Storages as the conventions call them, where they know them; they are servers of their own. */
const DATABASES: Readonly<Record<string, string>> = {
  postgres: DB_SYSTEM_NAME_VALUE_POSTGRESQL,
  cassandra: 'cassandra',
  redis: 'redis',
};

export function storageDescription(operation: string, storage: string): Description {
  const database = DATABASES[storage];
  return {
    name: `storage ${operation}`,
    kind: database === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes: { [ATTR_DB_SYSTEM_NAME]: database ?? storage, [ATTR_DB_OPERATION_NAME]: operation },
  };
}
