import { setTimeout as wait } from 'node:timers/promises';
import type { RawBus } from '../../raw-bus.js';
import type { Random } from '../../random.js';
import { eventsOf, leasedEventsOf } from '../bus-answers.js';
import { request, success, writeRequest } from '../bus-requests.js';
import type { BusUnderTest } from './bus-under-test.js';
import { StreamHistory, type WriteRecord } from './stream-history.js';

export interface BusClient {
  readonly name: string;
  readonly broker: BusUnderTest;
  readonly random: Random;
  /** Orders what happens, over all clients. */
  readonly nextStep: () => number;
  readonly stopping: AbortSignal;
}

/** Does `work` again and again on a connection, and on a new one after each crash. */
async function connected(client: BusClient, work: (bus: RawBus) => Promise<void>): Promise<void> {
  const { broker, stopping } = client;
  while (!stopping.aborted) {
    await broker.serving();
    if (stopping.aborted) return;
    try {
      const bus = await broker.open();
      while (!stopping.aborted && broker.isServing) await work(bus);
    } catch (error) {
      if (broker.isServing && !stopping.aborted) throw error;
    }
  }
}

async function answerOf(bus: RawBus): Promise<string> {
  const answer = await bus.lineOrEnd();
  if (answer === undefined) throw new Error('the connection is gone');
  return answer.toString();
}

function expectSuccess(answer: string, operation: Parameters<typeof success>[0]): void {
  if (answer !== success(operation)) throw new Error(`${operation} was answered with ${answer}`);
}

/** Writes events into a stream, up to so many at once. */
export async function writeEvents(client: BusClient, stream: StreamHistory, atOnce: number): Promise<void> {
  let number = 0;
  await connected(client, async (bus) => {
    const writes = Array.from({ length: 1 + client.random.below(atOnce) }, () => {
      number++;
      const padding = 'x'.repeat(client.random.below(200));
      const body = `{"writer":"${client.name}","number":${number},"padding":"${padding}"}`;
      return addWrite(client, stream, body, number);
    });
    bus.send(writes.map(({ body }) => `${writeRequest(stream.name, body)}\n`).join(''));
    for (const write of writes) {
      expectSuccess(await answerOf(bus), 'write_event');
      write.answeredStep = client.nextStep();
      write.outcome = 'done';
    }
  });
}

function addWrite(client: BusClient, stream: StreamHistory, body: string, number: number): WriteRecord {
  const { name: writer, nextStep } = client;
  const write: WriteRecord = { body, writer, number, sentStep: nextStep(), answeredStep: Infinity, outcome: 'open' };
  stream.writes.set(body, write);
  return write;
}

/** Takes events of a stream, under leases or without, and marks those whose turn is this client's. */
export async function markEvents(
  client: BusClient,
  stream: StreamHistory,
  { turn, turns }: { readonly turn: number; readonly turns: number },
): Promise<void> {
  const { random } = client;
  await connected(client, async (bus) => {
    const operation = random.below(3) === 0 ? 'retry_events' : 'process_events';
    const leases = random.below(4) === 0;
    const query = { stream_name: stream.name, limit: 1 + random.below(300), ...(leases ? { lease_seconds: 1 } : {}) };
    bus.send(`${request(operation, query)}\n`);
    const answer = await answerOf(bus);
    const events = leases ? leasedEventsOf(operation, answer).events : eventsOf(operation, answer);
    const mine = events.filter(({ id }) => Number.parseInt(id.slice(-4), 16) % turns === turn);
    const marks = mine.map(({ id }) => ({
      id,
      mark: stream.addMark(id, random.below(10) < 8 ? 1 + random.below(2) : 0),
    }));
    bus.send(marks.map(({ id, mark }) => `${request('mark_event', { event_id: id, status: mark.status })}\n`).join(''));
    for (const { mark } of marks) {
      expectSuccess(await answerOf(bus), 'mark_event');
      mark.outcome = 'done';
    }
    if (marks.length === 0) await wait(5);
  });
}

/** Creates streams, writes a few events and deletes them again. */
export async function comeAndGo(client: BusClient, streams: StreamHistory[]): Promise<void> {
  let number = 0;
  await connected(client, async (bus) => {
    const stream = new StreamHistory(`${client.name} ${streams.length}`);
    streams.push(stream);
    const byName = { stream_name: stream.name };
    bus.send(`${request('create_stream', byName)}\n`);
    const created = await answerOf(bus);
    if (!created.startsWith('{"operation":"create_stream","status":true,')) throw new Error(`create: ${created}`);
    stream.creation = 'done';
    const writes = Array.from({ length: client.random.below(60) }, () => {
      number++;
      return addWrite(client, stream, `{"number":${number}}`, number);
    });
    bus.send(writes.map(({ body }) => `${writeRequest(stream.name, body)}\n`).join(''));
    for (const write of writes) {
      expectSuccess(await answerOf(bus), 'write_event');
      write.answeredStep = client.nextStep();
      write.outcome = 'done';
    }
    if (client.random.below(5) === 0) return;
    stream.deletion = 'open';
    bus.send(`${request('delete_stream', byName)}\n`);
    expectSuccess(await answerOf(bus), 'delete_stream');
    stream.deletion = 'done';
  });
}
