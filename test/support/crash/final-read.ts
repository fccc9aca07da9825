import type { WaybillClient } from '../../../src/client/index.js';
import { digestOf, type FinalLog, type History, type StoredMessage } from '../history.js';
import type { Random } from '../random.js';
import { fetchAndRecord } from './readers.js';

/** Who reads everything again. */
export const FINAL_READER = 'final reader';

/** Everything that the subjects hold, page by page. */
export async function listLog(client: WaybillClient, subjects: readonly string[]): Promise<FinalLog> {
  const log = new Map<string, StoredMessage[]>();
  for (const subject of subjects) {
    const messages: StoredMessage[] = [];
    log.set(subject, messages);
    for (let pageToken: string | undefined; pageToken !== '';) {
      const page = await client.list({
        subject,
        pageSize: 1000,
        ...(pageToken === undefined ? {} : { from: { pageToken } }),
      });
      for (const { id, body } of page.messages) messages.push({ id, sha: digestOf(body) });
      pageToken = page.nextPageToken;
    }
  }
  return log;
}

/** Reads the same by the other two ways, for the history: a subscription from the beginning to the head, and fetches. */
export async function readEverythingAgain(
  client: WaybillClient,
  history: History,
  random: Random,
  log: FinalLog,
  fetchesPerSubject: number,
): Promise<void> {
  const name = FINAL_READER;
  const record = history.read('subscribe', name, new Map([...log.keys()].map((subject) => [subject, 0])));
  const request = { subjects: [...log.keys()], from: 'earliest', stopAtHead: true, maxBatchMessages: 1024 } as const;
  for await (const event of client.subscribe(request, { resume: false })) {
    if (event.kind === 'batch') record.saw(event.messages);
  }
  record.operation.complete = true;
  for (const [subject, messages] of log) {
    for (let index = 0; index < fetchesPerSubject; index++) {
      await fetchAndRecord({ client, history, name }, subject, 1 + random.below(messages.length + 2));
    }
  }
}
