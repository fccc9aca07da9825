import { BrokerError } from '../core/errors.js';
import { NEVER_EXPIRES } from '../core/message.js';
import type { RecordPut } from '../storage/storage.js';
import { subjectOfStream } from './stream-name.js';
import type { Stream } from './streams.js';

/** A stream as it is stored: JSON, because there are few and people may have to read it. */
interface StoredStream {
  readonly id: string;
  readonly name: string;
  readonly createdTimeUs: number;
  readonly eventTtlUs: number;
  /** The stream is being removed: it does not exist any more, but its name is not free yet. */
  readonly removed?: true;
}

export interface StreamDefinition {
  readonly stream: Stream;
  readonly removed: boolean;
}

export function streamRecord(key: string, { stream, removed }: StreamDefinition): RecordPut {
  const { id, name, createdTimeUs, eventTtlUs } = stream;
  const stored: StoredStream = { id, name, createdTimeUs, eventTtlUs, ...(removed ? { removed } : {}) };
  return { key, value: Buffer.from(JSON.stringify(stored)), ttlUs: NEVER_EXPIRES };
}

/** @throws BrokerError DATA_LOSS */
export function readStreamRecord(value: Uint8Array): StreamDefinition {
  try {
    const { removed, ...stored } = JSON.parse(Buffer.from(value).toString()) as StoredStream;
    return { stream: { ...stored, subject: subjectOfStream(stored.name) }, removed: removed === true };
  } catch (error) {
    throw new BrokerError('DATA_LOSS', 'the definition of a stream is damaged', { cause: error });
  }
}
