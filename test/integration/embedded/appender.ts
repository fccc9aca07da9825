/**
 * Appends without end to the store in the folder of its first argument and prints each acknowledged id, for tests that
 * kill it. The body of a message is the text of its id. With a second argument it only holds the folder.
 */
import { systemClock } from '../../../src/core/clock.js';
import { BrokerError } from '../../../src/core/errors.js';
import { openEmbeddedStorage } from '../../../src/storage/embedded/index.js';

async function run(path: string, holdOnly: boolean): Promise<void> {
  const { log } = await openEmbeddedStorage({ path, clock: systemClock });
  const [head] = await log.heads(['a']);
  let nextId = (head?.lastId ?? 0) + 1;
  process.stdout.write('ready\n');
  while (!holdOnly) {
    const items = Array.from({ length: 50 }, (_, index) => ({
      subject: 'a',
      body: Buffer.from(String(nextId + index)),
      headers: [],
      ttlUs: 0,
    }));
    for (const result of await log.append(items)) {
      if (result instanceof BrokerError) throw result;
      nextId = result.id + 1;
    }
    process.stdout.write(`${nextId - 1}\n`);
  }
}

void run(process.argv[2] ?? '', process.argv[3] !== undefined);
