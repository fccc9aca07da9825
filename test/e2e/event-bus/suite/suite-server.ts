import type { BusServer } from '../../../support/event-bus/bus-server.js';
import { type AnsweredEvent, type AnsweredStream, eventsOf, streamOf } from '../../../support/event-bus/bus-answers.js';
import { request, success, writeRequest } from '../../../support/event-bus/bus-requests.js';
import type { RawBus } from '../../../support/raw-bus.js';

type ListOperation = 'get_stream_events' | 'process_events' | 'retry_events';

/** The server counts its time from its start, so it may be a little apart from the test's. */
export const CLOCK_TOLERANCE_MS = 1000;

/** The one server of a run of the suite, and what its tests do most. Each test has streams of its own. */
export class SuiteServer {
  #server: BusServer | undefined;
  #streams = 0;

  use(server: BusServer): void {
    this.#server = server;
  }

  get server(): BusServer {
    if (this.#server === undefined) throw new Error('no server has started');
    return this.#server;
  }

  /** Closes the connections of a test and asks, on a new one, whether the server is well. */
  async expectAnswering(): Promise<void> {
    await this.server.closeConnections();
    const bus = await this.open();
    expect(await bus.ask(request('health'))).toBe(success('health'));
    await this.server.closeConnections();
  }

  async stop(): Promise<void> {
    try {
      await this.#server?.stop();
    } finally {
      await this.#server?.dispose();
    }
  }

  open(): Promise<RawBus> {
    return this.server.open();
  }

  /** A name that no test has used. */
  newName(): string {
    return `stream ${++this.#streams}`;
  }

  /** Creates a stream of a new name. */
  async create(bus: RawBus, extras: object = {}): Promise<AnsweredStream> {
    const answer = await bus.ask(request('create_stream', { stream_name: this.newName(), ...extras }));
    return streamOf('create_stream', answer);
  }

  /** Creates a stream of a new name with events whose bodies are these texts. */
  async createWith(bus: RawBus, bodies: readonly string[]): Promise<AnsweredStream> {
    const stream = await this.create(bus);
    bus.send(bodies.map((body) => `${writeRequest(stream.name, body)}\n`).join(''));
    const answers = await bus.lines(bodies.length);
    expect(new Set(answers.map(String))).toEqual(new Set(bodies.length === 0 ? [] : [success('write_event')]));
    return stream;
  }

  async list(bus: RawBus, operation: ListOperation, streamName: string): Promise<AnsweredEvent[]> {
    return eventsOf(operation, await bus.ask(request(operation, { stream_name: streamName })));
  }

  async mark(bus: RawBus, eventId: string, status: number): Promise<void> {
    expect(await bus.ask(request('mark_event', { event_id: eventId, status }))).toBe(success('mark_event'));
  }
}

/** `{"n":1}`, `{"n":2}` and so on. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `{"n":${index + 1}}`);
}

export function bodiesOf(events: readonly AnsweredEvent[]): string[] {
  return events.map(({ body }) => body);
}
