import type { AckedFrame, OutgoingMessage, WaybillError } from '../client/index.js';
import type { ClientContext } from './client-command.js';
import { framesOf } from './frames.js';

/**
 * Publishes through one pipelined stream and reports each id (as JSON) or the sum of them.
 *
 * @throws the first failure, when all that could be published is
 */
export async function publishMany(
  { client, output, signal }: ClientContext,
  messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>,
): Promise<void> {
  const stream = client.publishStream();
  const cancel = (): void => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  let published = 0;
  let repeated = 0;
  let failed = 0;
  let firstFailure: unknown;
  let reported: Promise<void> = Promise.resolve();

  const report = async (sent: readonly OutgoingMessage[], acked: AckedFrame): Promise<void> => {
    const failures = new Map<number, WaybillError>(acked.failures.map(({ index, error }) => [index, error]));
    const duplicates = new Set(acked.duplicates);
    for (const [index, { subject }] of sent.entries()) {
      const error = failures.get(index);
      const duplicate = duplicates.has(index);
      if (error !== undefined) failed++;
      else if (duplicate) repeated++;
      else published++;
      firstFailure ??= error;
      if (!output.json) continue;
      const outcome = error === undefined ? { id: acked.ids[index] ?? 0, duplicate } : { error: error.reason };
      await output.record({ subject, ...outcome });
    }
  };
  try {
    for await (const frame of framesOf(messages)) {
      await stream.ready();
      const acked = stream.send(frame);
      // Reports keep the order of the messages.
      reported = Promise.all([acked, reported]).then(([result]) => report(frame, result));
      reported.catch(() => undefined);
    }
    await reported;
    await stream.close();
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.cancel();
  }
  if (!output.json) {
    const before = repeated === 0 ? '' : `, ${repeated} published before with their key`;
    await output.line(`published ${published} messages${before}${failed === 0 ? '' : `, ${failed} refused`}`);
  }
  if (firstFailure !== undefined) throw firstFailure;
}
