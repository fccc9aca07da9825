import fc from 'fast-check';
import { BusServer } from '../../support/event-bus/bus-server.js';
import {
  failure,
  NOT_JSON,
  request,
  streamNotFound,
  success,
  writeRequest,
} from '../../support/event-bus/bus-requests.js';
import { eventsOf } from '../../support/event-bus/bus-answers.js';
import { fuzzLines, heavyLines } from '../../support/event-bus/fuzz-lines.js';
import { MAX_LINE_BYTES, runSession, type SessionEnd } from '../../support/event-bus/fuzz-session.js';
import { sameJson } from '../../support/event-bus/same-json.js';

/** `FUZZ_CASES` runs more, `FUZZ_SEED` repeats a run. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);
const CONNECTIONS_AT_ONCE = 4;
const LINES_PER_SESSION = 250;
/** Sessions are of any length up to that, some lines are empty, and some sessions are cut off. */
const SESSIONS = Math.ceil((CASES * 3) / LINES_PER_SESSION / CONNECTIONS_AT_ONCE);
const HEAVY_SESSIONS = 12;
const ENDS: readonly SessionEnd[] = ['fin', 'fin', 'fin', 'fin without line break', 'lost'];
const MIB = 1024 * 1024;
/** What the server may take in memory, everything included, whatever it is sent. */
const MAX_RESIDENT_BYTES = 400 * MIB;

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let server: BusServer;

beforeAll(async () => {
  process.stderr.write(`FUZZ_SEED=${seed}\n`);
  server = await BusServer.start('--storage', 'memory');
});

afterEach(async () => {
  expect(await server.metric('process_resident_memory_bytes')).toBeLessThan(MAX_RESIDENT_BYTES);
  await server.closeConnections();
});

afterAll(async () => {
  try {
    await server.stop();
  } finally {
    await server.dispose();
  }
});

/** Does what a client does, as long as it is told to, and checks every byte. Resolves with how many rounds it did. */
async function beGoodNeighbour(isOver: () => boolean): Promise<number> {
  const bus = await server.open();
  let round = 0;
  for (; !isOver() || round === 0; round++) {
    const name = `neighbour ${round}`;
    const byName = { stream_name: name };
    const bodies = Array.from({ length: 10 }, (_, index) => `{"round":${round},"event" : ${index}}`);
    bus.send(`${request('create_stream', byName)}\n${bodies.map((body) => `${writeRequest(name, body)}\n`).join('')}`);
    expect((await bus.lines(11)).slice(1).map(String)).toEqual(bodies.map(() => success('write_event')));
    const events = eventsOf('process_events', await bus.ask(request('process_events', byName)));
    expect(events.map(({ body }) => body)).toEqual(bodies);
    const [first] = events;
    expect(await bus.ask(request('mark_event', { event_id: first?.id, status: 2 }))).toBe(success('mark_event'));
    expect(eventsOf('retry_events', await bus.ask(request('retry_events', byName)))).toEqual([{ ...first, status: 2 }]);
    expect(await bus.ask(request('delete_stream', byName))).toBe(success('delete_stream'));
  }
  return round;
}

/** The values of a stream's events; numbers that are too large for a double count as such. */
async function storedIn(streamName: string): Promise<unknown[]> {
  const bus = await server.open();
  const events = eventsOf(
    'get_stream_events',
    await bus.ask(request('get_stream_events', { stream_name: streamName })),
  );
  await bus.dispose();
  return events.map(({ body }) => JSON.parse(body) as unknown);
}

/** Runs sessions of these lines one after the other. Resolves with how many lines were answered. */
async function fuzz(
  lines: (streamName: string) => fc.Arbitrary<Buffer>,
  options: { readonly worker: number; readonly sessions: number; readonly linesPerSession: number },
): Promise<number> {
  const streamName = `fuzz ${options.worker}`;
  const length = options.linesPerSession;
  const session = fc.record({
    lines: fc.array(lines(streamName), { minLength: 1, maxLength: length, size: 'max' }),
    end: fc.constantFrom(...ENDS),
    seed: fc.nat(),
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(session, async (generated) => {
      const bus = await server.open();
      try {
        // Lists stay short when a session begins with an empty stream.
        await bus.ask(request('delete_stream', { stream_name: streamName }));
        await bus.ask(request('create_stream', { stream_name: streamName }));
        const result = await runSession(bus, { streamName, ...generated });
        answered += result.answered;
        if (result.events !== undefined) expect(sameJson(await storedIn(streamName), result.events)).toBe(true);
      } finally {
        await bus.dispose();
      }
    }),
    { seed: seed + options.worker, numRuns: options.sessions },
  );
  return answered;
}

it(`answers ${CASES} lines of any kind as the documents say, and serves a neighbour meanwhile`, async () => {
  let over = false;
  const neighbour = beGoodNeighbour(() => over);
  try {
    const workers = Array.from({ length: CONNECTIONS_AT_ONCE }, (_, worker) =>
      fuzz(fuzzLines, { worker, sessions: SESSIONS, linesPerSession: LINES_PER_SESSION }),
    );
    const answered = (await Promise.all(workers)).reduce((sum, count) => sum + count, 0);
    expect(answered).toBeGreaterThanOrEqual(CASES);
  } finally {
    over = true;
  }
  expect(await neighbour).toBeGreaterThan(10);
}, 600_000);

it('answers lines that are nested deeply or about as long as they may be', async () => {
  let over = false;
  const neighbour = beGoodNeighbour(() => over);
  try {
    const heavy = (streamName: string): fc.Arbitrary<Buffer> => heavyLines(streamName, MAX_LINE_BYTES);
    await fuzz(heavy, { worker: CONNECTIONS_AT_ONCE, sessions: HEAVY_SESSIONS, linesPerSession: 12 });
  } finally {
    over = true;
  }
  await neighbour;
});

it('answers 10,000 pipelined requests, each at its place', async () => {
  const bus = await server.open();
  const names = Array.from({ length: 10_000 }, (_, index) => `no stream ${index}`);
  const line = (name: string, index: number): string =>
    index % 5 === 0 ? `nonsense ${index}` : request('get_stream_info', { stream_name: name });
  bus.end(names.map((name, index) => `${line(name, index)}\n`).join(''));
  expect(await bus.remaining()).toEqual(
    names.map((name, index) => (index % 5 === 0 ? NOT_JSON : streamNotFound('get_stream_info', name))),
  );
});

it('answers 10,000 pipelined writes and marks, each at its place', async () => {
  const bus = await server.open();
  const streamName = 'pipelined';
  await bus.ask(request('create_stream', { stream_name: streamName }));
  const kinds = [
    (index: number) => [writeRequest(streamName, `${index}`), success('write_event')] as const,
    (index: number) =>
      [
        request('mark_event', { event_id: `none ${index}`, status: 1 }),
        failure('mark_event', `event 'none ${index}' not found`),
      ] as const,
    () => [request('health'), success('health')] as const,
    (index: number) => [writeRequest(`none ${index}`, 'null'), streamNotFound('write_event', `none ${index}`)] as const,
  ];
  const exchanges = Array.from({ length: 10_000 }, (_, index) => kinds[index % kinds.length]?.(index) ?? ['', '']);
  const list = request('get_stream_events', { stream_name: streamName });
  bus.end(`${exchanges.map(([line]) => `${line}\n`).join('')}${list}`);
  const answers = await bus.remaining();
  const events = eventsOf('get_stream_events', answers.pop() ?? '');
  expect(answers).toEqual(exchanges.map(([, answer]) => answer));
  expect(events.map(({ body }) => body)).toEqual(Array.from({ length: 2500 }, (_, index) => String(4 * index)));
});

it('keeps its memory when a client does not read its answers', async () => {
  const bus = await server.open();
  const byName = { stream_name: 'large' };
  await bus.ask(request('create_stream', byName));
  const body = `"${'x'.repeat(MIB - 200)}"`;
  for (let count = 0; count < 4; count++) await bus.ask(writeRequest('large', body));
  const asked = 100;
  bus.stopReading();
  bus.end(`${request('get_stream_events', byName)}\n`.repeat(asked));
  const neighbour = await server.open();
  let resident = 0;
  for (let count = 0; count < 300; count++) {
    expect(await neighbour.ask(request('health'))).toBe(success('health'));
    if (count % 30 === 0) resident = Math.max(resident, await server.metric('process_resident_memory_bytes'));
  }
  expect(resident).toBeLessThan(MAX_RESIDENT_BYTES);
  bus.readAgain();
  for (let count = 0; count < asked; count++) expect((await bus.line()).length).toBeGreaterThan(4 * body.length);
  expect(await bus.remaining()).toEqual([]);
});

it('keeps its memory when lines do not end, however slowly they come', async () => {
  const tooLong = await (await server.open()).ask(Buffer.alloc(2 * MIB, '['));
  const drips = await server.openMany(21);
  await Promise.all(
    drips.map(async (bus, index) => {
      const drop = Buffer.alloc([7, 1000, 65_536][index % 3] ?? 1, '[');
      for (let count = 0; count < 300; count++) await bus.sent(drop);
      bus.send('\n');
      // The longest are 19 MB by now, which are told once and forgotten as they come.
      expect(String(await bus.line())).toBe(drop.length === 65_536 ? tooLong : NOT_JSON);
      expect(await bus.ask(request('health'))).toBe(success('health'));
    }),
  );
});

it('closes what is lost in the middle of a line without a word to others', async () => {
  const neighbour = await server.open();
  const lost = await server.openMany(100);
  lost.forEach((bus, index) => {
    const line = writeRequest('neighbour', '{}');
    bus.send(line.slice(0, (index * line.length) / 100));
    if (index % 2 === 0) bus.break();
  });
  await Promise.all(lost.map((bus) => bus.dispose()));
  expect(await neighbour.ask(request('health'))).toBe(success('health'));
});
