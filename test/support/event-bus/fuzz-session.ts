import { setImmediate as turn } from 'node:timers/promises';
import { Random } from '../random.js';
import type { RawBus } from '../raw-bus.js';
import { ANY_ANSWER, expectedAnswer, type Expected, NO_ANSWER } from './expected-answer.js';

/** How a session ends: said in order, said in the middle of a line, or lost. */
export type SessionEnd = 'fin' | 'fin without line break' | 'lost';

export interface FuzzSession {
  /** A stream that is empty when the session begins. */
  readonly streamName: string;
  readonly lines: readonly Buffer[];
  readonly end: SessionEnd;
  /** Of the cuts between the chunks that are sent. */
  readonly seed: number;
}

export const MAX_LINE_BYTES = 1024 * 1024;

const LINE_BREAK = Buffer.from('\n');
const CARRIAGE_RETURN = Buffer.from('\r');

const ANSWER =
  /^\{"operation":"[a-z_]+","status":(?:true(?:,"body":\{.*\})?|false(?:,"context":\{.*\})?,"reason":"(?:[^"\\]|\\.)+")\}$/s;

export interface SessionResult {
  /** How many lines were answered. */
  readonly answered: number;
  /** What the stream must hold now; undefined when it is not for certain. */
  readonly events: readonly unknown[] | undefined;
}

/**
 * Sends the lines of a session in random chunks and compares every answer with what the documents say.
 *
 * @throws Error that names the first line that was answered wrongly, or not at all
 */
export async function runSession(bus: RawBus, session: FuzzSession): Promise<SessionResult> {
  const { streamName, lines, end, seed } = session;
  const random = new Random(seed);
  // What stands before the line break belongs to the line, a carriage return included.
  const sent = lines.map((line) => (random.below(3) === 0 ? Buffer.concat([line, CARRIAGE_RETURN]) : line));
  const sending = send(bus, sent, end, random);
  const events = new WrittenEvents(streamName);
  let answered = 0;
  for (const [index, line] of sent.entries()) {
    const expected = expectedAnswer(line, MAX_LINE_BYTES);
    if (expected === NO_ANSWER) continue;
    const answer = await bus.lineOrEnd();
    if (answer === undefined) {
      if (end === 'lost') break;
      throw new Error(`no answer to line ${index}, ${shown(line)}`);
    }
    answered++;
    const problem = problemOf(answer.toString(), expected);
    if (problem !== undefined)
      throw new Error(`${problem}\n  line ${index}: ${shown(line)}\n  answer: ${shown(answer)}`);
    events.saw(line, answer.toString(), expected === ANY_ANSWER);
    if (answer.includes('"operation":"exit","status":true')) break;
  }
  await sending;
  if (end === 'lost') return { answered, events: undefined };
  const more = await bus.remaining();
  if (more.length > 0) throw new Error(`more answers than requests: ${more[0]}`);
  return { answered, events: events.known };
}

/** The events that a stream must hold after a session that found it empty. */
class WrittenEvents {
  readonly #streamName: string;
  #values: unknown[] | undefined = [];

  constructor(streamName: string) {
    this.#streamName = streamName;
  }

  /** Undefined when it is not for certain. */
  get known(): readonly unknown[] | undefined {
    return this.#values;
  }

  saw(line: Buffer, answer: string, isUnclear: boolean): void {
    const { operation, status } = JSON.parse(answer) as { operation: string; status: boolean };
    if (!status || !['create_stream', 'delete_stream', 'write_event'].includes(operation)) return;
    if (isUnclear) this.#values = undefined;
    if (this.#values === undefined) return;
    const { body } = JSON.parse(line.toString()) as { body: { stream_name?: string; event?: unknown } };
    if (body.stream_name !== this.#streamName) return;
    if (operation === 'write_event') this.#values.push(body.event ?? null);
    else this.#values = operation === 'create_stream' ? [] : undefined;
  }
}

async function send(bus: RawBus, lines: readonly Buffer[], end: SessionEnd, random: Random): Promise<void> {
  const framed = lines.flatMap((line) => [line, LINE_BREAK]);
  const bytes = Buffer.concat(end === 'fin without line break' ? framed.slice(0, -1) : framed);
  const sent = end === 'lost' ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  const longest = [3, 200, 5000, 100_000][random.below(4)] ?? 1;
  // Tiny chunks are for the beginning only: they cost a system call each.
  for (let at = 0, count = 0; at < sent.length; count++) {
    const length = 1 + random.below(count < 300 ? longest : 100_000);
    bus.send(sent.subarray(at, at + length));
    at += length;
    if (random.below(4) === 0) await turn();
    if (bus.isOver) return;
  }
  if (end === 'lost') bus.break();
  else bus.end();
}

function problemOf(answer: string, expected: Expected | typeof ANY_ANSWER): string | undefined {
  if (!ANSWER.test(answer)) return 'this is no answer';
  const { operation, status, reason } = JSON.parse(answer) as Record<string, unknown>;
  if (expected === ANY_ANSWER) return undefined;
  if (operation !== expected.operation) return `the operation should be ${expected.operation}`;
  const outcome = status === true || reason;
  const isExpected = expected.outcomes === undefined || expected.outcomes.some((allowed) => allowed === outcome);
  return isExpected ? undefined : `it should be one of ${JSON.stringify(expected.outcomes)}`;
}

function shown(bytes: Buffer): string {
  const text = JSON.stringify(bytes.subarray(0, 600).toString('latin1'));
  return bytes.length > 600 ? `${text} and more, ${bytes.length} bytes` : text;
}
