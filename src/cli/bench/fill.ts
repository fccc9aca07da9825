import type { BenchRun } from './scenario.js';

/** Messages in a frame while filling. */
const FRAME_MESSAGES = 256;

/** Stores `count` messages in `subject`, as fast as the server takes them. */
export async function fillSubject(
  { clients, parameters, signal }: BenchRun,
  subject: string,
  count: number,
): Promise<void> {
  const [client] = clients;
  if (client === undefined) return;
  const stream = client.publishStream();
  const body = Buffer.alloc(parameters.size, 'x');
  const messages = Array.from({ length: FRAME_MESSAGES }, () => ({ subject, body }));
  let failure: unknown;
  for (let left = count; left > 0 && failure === undefined && !signal.aborted; left -= FRAME_MESSAGES) {
    await stream.ready();
    stream.send(left >= FRAME_MESSAGES ? messages : messages.slice(0, left)).then(
      ({ failures }) => (failure ??= failures[0]?.error),
      (error: unknown) => (failure ??= error),
    );
  }
  await stream.close();
  if (failure !== undefined) throw failure;
}
