import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKED_UP_SUBJECT, expectRestored } from '../../support/backup/restored-log.js';
import { numberedMessages } from '../../support/numbered-messages.js';
import { ServedBroker } from '../../support/served-broker.js';
import { ServerProcess } from '../../support/server-process.js';

describe('a backup of the embedded storage', () => {
  let folder: string;
  let brokers: ServedBroker[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-backup-'));
  });

  afterEach(async () => {
    for (const broker of brokers) await broker.dispose();
    brokers = [];
    await rm(folder, { recursive: true });
  });

  const spawn = (name: string): ServerProcess =>
    ServerProcess.spawn({ flags: ['--storage', 'embedded', '--embedded-path', join(folder, name)] });

  async function serve(process: ServerProcess): Promise<ServedBroker> {
    const broker = await ServedBroker.of(process);
    brokers.push(broker);
    return broker;
  }

  test('is a copy of the folder of a stopped broker', async () => {
    const original = await serve(spawn('data'));
    await original.client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 1, 500));
    expect(await original.stop()).toBe(0);
    await cp(join(folder, 'data'), join(folder, 'copy'), { recursive: true });
    await expectRestored((await serve(spawn('copy'))).client, 500);
  });

  test('is a snapshot of the volume while the broker writes', async () => {
    const process = spawn('data');
    const { client } = await serve(process);
    await client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, 1, 2000));
    const underWay = [2001, 2301, 2601].map((from) =>
      client.publishBatch(numberedMessages(BACKED_UP_SUBJECT, from, from + 299)),
    );
    await underWay[0];
    // A broker that stands still is what a snapshot sees: all that was written, at one moment.
    process.kill('SIGSTOP');
    await cp(join(folder, 'data'), join(folder, 'snapshot'), {
      recursive: true,
      // Sockets are no data.
      filter: (source) => !source.endsWith('.sock'),
    });
    process.kill('SIGCONT');
    await Promise.all(underWay);
    await expectRestored((await serve(spawn('snapshot'))).client, 2300);
  });
});
