import { setTimeout as wait } from 'node:timers/promises';
import { WaybillError, type OutgoingMessage, type WaybillClient } from '../../../src/client/index.js';
import { LoadCounters } from '../crash/load-counters.js';
import type { Random } from '../random.js';

const SUBJECTS = 1000;
const FRAME_MESSAGES = 10;
const FRAME_EVERY_MS = 50;
const MIN_TTL_MS = 1000;
const MAX_TTL_MS = 15_000;
const BODY_BYTES = 200;
const EVENT_STREAMS = 4;
const EVENT_TTL_MS = 10_000;
const EVENT_EVERY_MS = 100;
const LEASE_MS = 1000;

export class SteadyCounts {
  published = 0;
  delivered = 0;
  events = 0;
  leased = 0;
  readonly attempts = new LoadCounters();
}

/** 200 messages a second that live for some seconds, every other one with an idempotency key of its own. */
export async function publishSteadily(
  client: WaybillClient,
  random: Random,
  counts: SteadyCounts,
  stopping: AbortSignal,
): Promise<void> {
  const stream = client.publishStream();
  const body = Buffer.from(random.bytes(BODY_BYTES));
  for (let frame = 0; !stopping.aborted; frame++) {
    await stream.ready();
    const messages = Array.from({ length: FRAME_MESSAGES }, (_, index): OutgoingMessage => ({
      subject: `steady.${random.below(SUBJECTS)}`,
      body,
      ttlMs: MIN_TTL_MS + random.below(MAX_TTL_MS - MIN_TTL_MS),
      ...(index % 2 === 0 ? { idempotencyKey: `${random.seed} ${frame} ${index}` } : {}),
    }));
    stream.send(messages).then(
      ({ failures }) => {
        counts.published += messages.length - failures.length;
        for (const { error } of failures) counts.attempts.failed(error);
      },
      (error: unknown) => counts.attempts.failed(error),
    );
    await wait(FRAME_EVERY_MS);
  }
  await stream.close();
}

/** Ten events a second that live for ten seconds; they are leased and, but for one in four, marked. */
export async function processSteadily(
  client: WaybillClient,
  random: Random,
  counts: SteadyCounts,
  stopping: AbortSignal,
): Promise<void> {
  const names = Array.from({ length: EVENT_STREAMS }, (_, index) => `steady-${random.seed}-${index}`);
  for (const name of names) await client.streams.create({ name, eventTtlMs: EVENT_TTL_MS });
  while (!stopping.aborted) {
    const name = names[random.below(names.length)] ?? '';
    try {
      await client.streams.write(name, '{"steady":true}');
      counts.events++;
      const { events } = await client.streams.process({ stream: name, pageSize: 2, leaseMs: LEASE_MS });
      counts.leased += events.length;
      for (const { id } of events) {
        if (random.below(4) > 0) await client.streams.mark(id, 'processed');
      }
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      counts.attempts.failed(error);
    }
    await wait(EVENT_EVERY_MS);
  }
}

/** Takes what is published, by a pattern. */
export async function subscribeSteadily(
  client: WaybillClient,
  counts: SteadyCounts,
  stopping: AbortSignal,
): Promise<void> {
  const request = { subjects: ['steady.*'], from: 'new', onTruncated: 'skip' } as const;
  for await (const event of client.subscribe(request, { signal: stopping })) {
    if (event.kind === 'batch') counts.delivered += event.messages.length;
  }
}
