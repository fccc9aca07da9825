import { Client } from 'cassandra-driver';
import type { Clock } from '../../core/clock.js';
import { Availability } from '../availability.js';
import { HintListeners } from '../hint-listeners.js';
import { StorageClock } from '../storage-clock.js';
import type { CassandraConfig } from '../storage-config.js';
import type { Storage } from '../storage.js';
import type { AppendLimits } from './append-round.js';
import { BucketDirectory } from './bucket-directory.js';
import { CassandraStorage } from './cassandra-storage.js';
import { clientOptions } from './client-options.js';
import { isContention, storageError } from './errors.js';
import { ensureKeyspace } from './keyspace.js';
import { CassandraLog } from './log.js';
import { MessageReader } from './message-reader.js';
import { MessageRows } from './message-rows.js';
import { Purger } from './purger.js';
import { RangeReader } from './range-reader.js';
import { CassandraRecords } from './records.js';
import { RememberedKeys } from './remembered-keys.js';
import { largestChunk } from './server-limits.js';
import { Session } from './session.js';
import { SubjectAppender } from './subject-appender.js';
import { SubjectNames } from './subject-names.js';
import { SubjectStates } from './subject-states.js';
import { SubjectWriter } from './subject-writer.js';
import { ensureEpoch, ensureTables } from './tables.js';
import { TimeSampling } from './time-sampling.js';
import { TimeSearch } from './time-search.js';

/** Questions for the cluster's time before anything else; the quickest of them counts. */
const FIRST_SAMPLES = 3;

/** A node that has not answered for this long is looked upon as lost, so that readiness follows within two seconds. */
const PROBE_TIMEOUT_MS = 1000;

const LIMITS: Omit<AppendLimits, 'chunkBytes'> = {
  batchBytes: 1024 * 1024,
  batchRows: 500,
  bucketBytes: 48 * 1024 * 1024,
  bucketRows: 100_000,
};

export interface CassandraOptions {
  /** Which of the logs in the keyspace; they know nothing of each other. */
  readonly log?: string;
  readonly limits?: Partial<AppendLimits>;
}

/**
 * Opens the storage in a keyspace, which is created with its tables when it is not there.
 *
 * @throws BrokerError STORAGE_UNAVAILABLE or STORAGE_MISCONFIGURED; nothing stays open then
 */
export async function openCassandraStorage(
  config: CassandraConfig,
  clock: Clock,
  options: CassandraOptions = {},
): Promise<Storage> {
  const client = new Client(await clientOptions(config));
  try {
    await client.connect();
    const { keyspace, timeoutMs } = config;
    const session = new Session(client, clock, new StorageClock(clock), { keyspace, timeoutMs });
    await ensureKeyspace(session, client, config);
    await ensureTables(session, keyspace);
    const sample = (): Promise<void> => session.sample(Math.min(PROBE_TIMEOUT_MS, timeoutMs));
    for (let count = 0; count < FIRST_SAMPLES; count += 1) await sample();
    const limits = { ...LIMITS, chunkBytes: await largestChunk(session), ...options.limits };
    const epoch = await ensureEpoch(session, options.log ?? 'main');

    const availability = new Availability({
      clock,
      name: 'Cassandra',
      probe: sample,
      translate: storageError,
      isAnswer: isContention,
    });
    const hints = new HintListeners();
    const directory = new BucketDirectory(session, epoch);
    const states = new SubjectStates(session, epoch, directory);
    const writer = new SubjectWriter(session, epoch, directory, states);
    const rows = new MessageRows(session, epoch);
    const reader = new MessageReader(session, epoch, states);
    const keys = new RememberedKeys(session, epoch, states);
    const appender = new SubjectAppender({ session, states, writer, keys, rows, limits });
    const log = new CassandraLog({
      ...{ session, availability, hints, states, appender },
      names: new SubjectNames(session, epoch),
      reader: new RangeReader({ session, states, directory, reader }),
      times: new TimeSearch(states, directory, reader),
      purger: new Purger({ session, states, directory, reader, rows, writer, appender }),
      maxMessageBytes: limits.chunkBytes,
    });
    const records = new CassandraRecords({ session, epoch, availability, hints });
    const sampling = new TimeSampling(clock, sample);
    sampling.start();
    return new CassandraStorage({
      ...{ client, session, availability, hints, sampling, log, records },
      epoch: epoch.toString(),
    });
  } catch (error) {
    await shutDown(client);
    throw storageError(error);
  }
}

/** Part of the client library's `Client` that its types leave out. */
interface ControlledClient {
  readonly controlConnection?: { readonly connection?: { close(done: () => void): void } | null };
}

/**
 * The client library leaves its first connection open when what it found there was not what it was told, and shuts down
 * only what was opened.
 */
async function shutDown(client: Client): Promise<void> {
  const connection = (client as unknown as ControlledClient).controlConnection?.connection;
  await client.shutdown();
  if (connection !== undefined && connection !== null) {
    await new Promise<void>((resolve) => connection.close(() => resolve()));
  }
}
