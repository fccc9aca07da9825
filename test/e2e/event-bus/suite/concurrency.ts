import { streamOf } from '../../../support/event-bus/bus-answers.js';
import {
  request,
  streamExists,
  streamNotFound,
  success,
  writeRequest,
} from '../../../support/event-bus/bus-requests.js';
import { bodiesOf, numbered, type SuiteServer } from './suite-server.js';

const CONNECTIONS = 20;

export function describeConcurrency(suite: SuiteServer): void {
  it('lets exactly one of many create a stream', async () => {
    const buses = await suite.server.openMany(CONNECTIONS);
    for (let round = 0; round < 20; round++) {
      const name = suite.newName();
      const line = request('create_stream', { stream_name: name });
      const answers = await Promise.all(buses.map((bus) => bus.ask(line)));
      const [created = '', ...more] = answers.filter((answer) => answer !== streamExists(name));
      expect(more).toEqual([]);
      const [bus] = buses;
      expect(await bus?.ask(request('get_stream_info', { stream_name: name }))).toBe(
        created.replace('create_stream', 'get_stream_info'),
      );
    }
  });

  it('lets exactly one of many delete a stream', async () => {
    const buses = await suite.server.openMany(CONNECTIONS);
    for (let round = 0; round < 10; round++) {
      const { name } = await suite.createWith(await suite.open(), numbered(5));
      const line = request('delete_stream', { stream_name: name });
      const answers = await Promise.all(buses.map((bus) => bus.ask(line)));
      expect(answers.filter((answer) => answer === success('delete_stream'))).toHaveLength(1);
      expect(answers.filter((answer) => answer === streamNotFound('delete_stream', name))).toHaveLength(
        CONNECTIONS - 1,
      );
    }
  });

  it('gives a name that many create and delete one life after the other', async () => {
    const buses = await suite.server.openMany(CONNECTIONS);
    const name = suite.newName();
    const byName = { stream_name: name };
    const rounds = 15;
    const seen = await Promise.all(
      buses.map(async (bus) => {
        const created: string[] = [];
        let deleted = 0;
        for (let round = 0; round < rounds; round++) {
          const creation = await bus.ask(request('create_stream', byName));
          if (creation !== streamExists(name)) created.push(streamOf('create_stream', creation).id);
          const deletion = await bus.ask(request('delete_stream', byName));
          if (deletion === success('delete_stream')) deleted++;
          else expect(deletion).toBe(streamNotFound('delete_stream', name));
        }
        return { created, deleted };
      }),
    );
    const ids = seen.flatMap(({ created }) => created);
    expect(new Set(ids).size).toBe(ids.length);
    expect(seen.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(ids.length);
  });

  it('has in each life of a stream what was written in it, while many write', async () => {
    const [owner, ...writers] = await suite.server.openMany(6);
    if (owner === undefined) return;
    const { name } = await suite.create(owner);
    const writes = new Map<string, { readonly sent: number; answered: number }>();
    let step = 0;
    let over = false;
    const writing = writers.map(async (bus, index) => {
      for (let number = 0; !over; number++) {
        const bodies = Array.from({ length: 8 }, (_, place) => `[${index},${number},${place}]`);
        for (const body of bodies) writes.set(body, { sent: ++step, answered: Infinity });
        bus.send(bodies.map((body) => `${writeRequest(name, body)}\n`).join(''));
        for (const body of bodies) {
          const answer = (await bus.line()).toString();
          const write = writes.get(body);
          if (answer !== success('write_event')) {
            expect(answer).toBe(streamNotFound('write_event', name));
            writes.delete(body);
          } else if (write !== undefined) write.answered = ++step;
        }
      }
    });
    try {
      for (let round = 0; round < 40; round++) {
        const deletion = ++step;
        expect(await owner.ask(request('delete_stream', { stream_name: name }))).toBe(success('delete_stream'));
        await owner.ask(request('create_stream', { stream_name: name }));
        const creation = ++step;
        for (let count = 0; count < round % 4; count++) await owner.ask(request('health'));
        const listing = ++step;
        const listed = new Set(bodiesOf(await suite.list(owner, 'get_stream_events', name)));
        const missing = [...writes].filter(
          ([body, { sent, answered }]) => sent > creation && answered < listing && !listed.has(body),
        );
        const old = [...listed].filter((body) => (writes.get(body)?.answered ?? 0) < deletion);
        expect({ missing, old }).toEqual({ missing: [], old: [] });
      }
    } finally {
      over = true;
      await Promise.all(writing);
    }
  });

  it('serves 200 connections from one address, each with its credentials in every request', async () => {
    const buses = await suite.server.openMany(200);
    const shared = await suite.create(await suite.open());
    const own = await Promise.all(
      buses.map(async (bus, index) => {
        const bodies = Array.from({ length: 20 }, (_, count) => `[${index},${count}]`);
        const { name } = await suite.create(bus);
        for (const body of bodies) {
          expect(await bus.ask(writeRequest(name, body))).toBe(success('write_event'));
          expect(await bus.ask(writeRequest(shared.name, body))).toBe(success('write_event'));
        }
        expect(bodiesOf(await suite.list(bus, 'process_events', name))).toEqual(bodies);
        return bodies;
      }),
    );
    const all = await suite.list(await suite.open(), 'get_stream_events', shared.name);
    expect(bodiesOf(all).toSorted()).toEqual(own.flat().toSorted());
    // Among the events of the others each connection finds its own in the order in which it wrote them.
    for (const [index, bodies] of own.entries()) {
      expect(bodiesOf(all).filter((body) => body.startsWith(`[${index},`))).toEqual(bodies);
    }
    const times = all.map(({ createdAt }) => createdAt);
    expect(times.toSorted()).toEqual(times);
  });

  it('has an event in one list only while many mark it', async () => {
    const buses = await suite.server.openMany(CONNECTIONS);
    const [reader] = buses;
    if (reader === undefined) return;
    const { name } = await suite.createWith(reader, numbered(3));
    const events = await suite.list(reader, 'get_stream_events', name);
    await Promise.all(
      buses.map(async (bus, index) => {
        for (let round = 0; round < 15; round++) {
          for (const { id } of events) await suite.mark(bus, id, (index + round) % 3);
        }
      }),
    );
    const after = await suite.list(reader, 'get_stream_events', name);
    expect(after.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(await suite.list(reader, 'process_events', name)).toEqual(after.filter(({ status }) => status === 0));
    expect(await suite.list(reader, 'retry_events', name)).toEqual(after.filter(({ status }) => status === 2));
  });

  it('loses no mark when many mark different events of one stream', async () => {
    const buses = await suite.server.openMany(CONNECTIONS);
    const [reader] = buses;
    if (reader === undefined) return;
    const { name } = await suite.createWith(reader, numbered(1000));
    const events = await suite.list(reader, 'get_stream_events', name);
    await Promise.all(
      buses.map(async (bus, index) => {
        const mine = events.filter((_, place) => place % CONNECTIONS === index);
        const lines = mine.map(({ id }) => `${request('mark_event', { event_id: id, status: 1 + (index % 2) })}\n`);
        bus.send(lines.join(''));
        expect(new Set((await bus.lines(mine.length)).map(String))).toEqual(new Set([success('mark_event')]));
      }),
    );
    const expected = events.map((event, place) => ({ ...event, status: 1 + ((place % CONNECTIONS) % 2) }));
    expect(await suite.list(reader, 'get_stream_events', name)).toEqual(expected);
    expect(await suite.list(reader, 'process_events', name)).toEqual([]);
    expect(await suite.list(reader, 'retry_events', name)).toEqual(expected.filter(({ status }) => status === 2));
  });
}
