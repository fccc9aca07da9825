import { setTimeout as wait } from 'node:timers/promises';
import { DATA, END_HEADERS, frame, HEADERS } from '../../swarm/http2-frames.js';
import { type Attack, OutcomeCounter, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';
import { callHeaders } from '../hpack.js';

const STREAMS_PER_CONNECTION = 200;
const CALLS = [
  '/waybill.v1.BrokerService/Publish',
  '/broker.Broker/Publish',
  '/waybill.v1.BrokerService/Subscribe',
].map((path) => callHeaders(path));
const callOn = (stream: number): Buffer => frame(HEADERS, END_HEADERS, stream, CALLS[stream % CALLS.length]!);
const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => 2 * index + 1);

/** Between two bytes of a request that trickles. */
const TRICKLE_MS = 250;

async function streams(
  target: Parameters<Attack['run']>[0],
  attempts: number,
  attack: (connection: AttackerConnection, stream: number) => Promise<void>,
): ReturnType<Attack['run']> {
  const counter = new OutcomeCounter();
  await repeat(Math.ceil(attempts / STREAMS_PER_CONNECTION), 100, async () => {
    const connection = await AttackerConnection.open(target);
    const own = ids(Math.min(STREAMS_PER_CONNECTION, attempts));
    const endings = own.map(async (stream) => {
      await attack(connection, stream);
      counter.add(await connection.streamEnding(stream, PATIENCE_MS));
    });
    await Promise.all(endings);
    connection.destroy();
  });
  return counter.outcomes;
}

const OVER = /^reset$|^answered$|^closed$|^GOAWAY /;

/** Opens calls and sends nothing; an attempt is a call. */
export const neverEndedRequests: Attack = {
  name: 'never-ended-requests',
  description: 'unary calls whose one message never comes, or comes and is not the end',
  quick: 400,
  full: 8000,
  expected: OVER,
  run: (target, attempts) =>
    streams(target, attempts, async (connection, stream) => {
      const message = frame(DATA, 0, stream, Buffer.alloc(5));
      await connection.send(Buffer.concat([callOn(stream), stream % 4 === 1 ? message : Buffer.alloc(0)]));
    }),
};

/** Sends a message byte by byte, so that it is never silent; an attempt is a call. */
export const trickledRequests: Attack = {
  name: 'trickled-requests',
  description: 'requests of which a byte comes now and then',
  quick: 200,
  full: 3000,
  expected: OVER,
  run: (target, attempts) =>
    streams(target, attempts, async (connection, stream) => {
      await connection.send(Buffer.concat([callOn(stream), frame(DATA, 0, stream, Buffer.from([0, 0, 3, 0, 0]))]));
      const byte = frame(DATA, 0, stream, Buffer.from('x'));
      const over = (): boolean =>
        connection.isClosed ||
        connection.goaway !== undefined ||
        connection.resetStreams.has(stream) ||
        connection.answeredStreams.has(stream);
      for (let ms = 0; ms < PATIENCE_MS && !over(); ms += TRICKLE_MS) {
        await connection.send(byte);
        await wait(TRICKLE_MS);
      }
    }),
};
