/**
 * A stream of many events over the TCP event bus: `large-stream ADDRESS EVENTS`. Fills it, marks all but ten as processed
 * and some for a retry, and times mark_event, process_events and retry_events one at a time.
 */
import { BusSocket, requestLine } from './bus-socket.js';

const [address = '', events = ''] = process.argv.slice(2);
const STREAM = 'large';
const CONNECTIONS = 4;
const DEPTH = 200;
const CALLS = 2000;

type Answer = { readonly body: { readonly stream: { readonly id: string }; readonly events: readonly object[] } };

async function ask(socket: BusSocket, operation: string, body: object): Promise<Answer> {
  const answer = (await socket.ask(requestLine(operation, body))).toString();
  if (!answer.includes('"status":true')) throw new Error(answer);
  return JSON.parse(answer) as Answer;
}

/** Requests from several connections, each built when it is due. */
async function pipelined(sockets: readonly BusSocket[], count: number, build: (i: number) => Buffer): Promise<void> {
  let i = 0;
  await Promise.all(sockets.map((socket) => socket.pump(DEPTH, () => (i < count ? build(i++) : undefined))));
}

async function latencies(call: () => Promise<unknown>): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { p50: times[CALLS >> 1]!, p99: times[Math.floor(CALLS * 0.99)]! };
}

async function main(): Promise<void> {
  const count = Number(events);
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => BusSocket.open(address)));
  const [socket] = sockets as [BusSocket];
  const { stream } = (await ask(socket, 'create_stream', { stream_name: STREAM })).body;
  const write = requestLine('write_event', { stream_name: STREAM, event: { text: 'x'.repeat(90) } });
  await pipelined(sockets, count, () => write);
  // The last group of an event's id is the number of the event.
  const idOf = (number: number): string => `${stream.id.slice(0, 24)}${number.toString(16).padStart(12, '0')}`;
  const mark = (number: number, status: number) => ({ event_id: idOf(number), status });
  const anyOne = (): number => 1 + Math.floor(Math.random() * count);
  const marks = await latencies(() => ask(socket, 'mark_event', mark(anyOne(), 1)));
  const left = new Set(Array.from({ length: 10 }, (_, i) => Math.floor(((i + 0.5) * count) / 10)));
  await pipelined(sockets, count, (i) => requestLine('mark_event', mark(i + 1, left.has(i + 1) ? 0 : 1)));
  const process_ = await latencies(() => ask(socket, 'process_events', { stream_name: STREAM }));
  const { body } = await ask(socket, 'process_events', { stream_name: STREAM });
  if (body.events.length !== left.size) throw new Error(`${body.events.length} events are left, not ${left.size}`);
  for (const number of left) await ask(socket, 'mark_event', mark(number, 2));
  const retry = await latencies(() => ask(socket, 'retry_events', { stream_name: STREAM }));
  for (const one of sockets) one.close();
  process.stdout.write(`${JSON.stringify({ mark: marks, process: process_, retry })}\n`);
}

void main();
