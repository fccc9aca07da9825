import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, WaybillError, type WaybillClient } from '../../src/client/index.js';
import { encodeSubscribeRequest } from '../../src/client/subscribe-request.js';
import { decodeSubscribeResponse } from '../../src/client/wire/subscribe-decoder.js';
import { ServerProcess } from '../support/server-process.js';
import { StreamConnection } from '../support/swarm/stream-connection.js';

const STREAMS = 1000;
const CONNECTIONS = 10;
const PUBLISHERS = 4;
const FRAME_MESSAGES = 50;
/** Acknowledged frames of all publishers before the server is stopped. */
const FRAMES_BEFORE_STOP = 40;

let path: string;
let server: ServerProcess | undefined;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'waybill-drain-'));
});

afterEach(async () => {
  await server?.dispose();
  await rm(path, { recursive: true });
});

async function start(): Promise<{ readonly server: ServerProcess; readonly address: string }> {
  server = ServerProcess.spawn({ flags: ['--storage', 'embedded', '--embedded-path', path] });
  const [, address = ''] = /grpc (\S+),/.exec(await server.ready()) ?? [];
  return { server, address };
}

/** Publishes frames until the server says that it stops; what was acknowledged goes to `acknowledged` by id. */
async function publishUntilStopped(
  client: WaybillClient,
  subject: string,
  acknowledged: Map<number, string>,
  onAcknowledged: () => void,
): Promise<void> {
  const stream = client.publishStream();
  const answers: Promise<void>[] = [];
  let published = 0;
  try {
    for (;;) {
      await stream.ready();
      const bodies = Array.from({ length: FRAME_MESSAGES }, () => `${subject} ${++published}`);
      const answer = stream.send(bodies.map((body) => ({ subject, body }))).then(({ ids, failures }) => {
        expect(failures).toEqual([]);
        for (const [index, id] of ids.entries()) acknowledged.set(id, bodies[index]!);
        onAcknowledged();
      });
      answers.push(answer);
      // Half of the publishers keep many frames under way, the others one.
      if (subject.endsWith('1') || subject.endsWith('3') || stream.draining) await answer;
    }
  } catch (error) {
    if (!(error instanceof WaybillError && error.codeName === 'UNAVAILABLE')) throw error;
  }
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'fulfilled') continue;
    expect(answer.reason).toMatchObject({ codeName: 'UNAVAILABLE' });
  }
}

describe('stopping under load', () => {
  it(`exits with 0 with ${STREAMS} streams open, and keeps every message that it has acknowledged`, async () => {
    const running = await start();
    const subjects = Array.from({ length: PUBLISHERS }, (_, i) => `load.${i}`);
    let drained = 0;
    let ended = 0;
    let allEnded = (): void => {};
    const untilAllEnded = new Promise<void>((resolve) => (allEnded = resolve));
    const connections: StreamConnection[] = [];
    for (let i = 0; i < CONNECTIONS; i++) connections.push(await StreamConnection.connect(running.address));
    await new Promise<void>((resolve) => {
      let standing = 0;
      for (let i = 0; i < STREAMS; i++) {
        // One subscriber in ten follows the load, the others are idle.
        const request = encodeSubscribeRequest({ subjects: [i % 10 === 0 ? 'load.*' : `idle.${i}`] });
        const stream = connections[i % CONNECTIONS]!.open('/waybill.v1.BrokerService/Subscribe', request, {
          onHeaders: () => {},
          onMessage: (message) => {
            const kind = decodeSubscribeResponse(message)?.kind;
            if (kind === 'confirmed' && ++standing === STREAMS) resolve();
            if (kind === 'draining') drained++;
          },
          onEnd: () => ++ended === STREAMS && allEnded(),
        });
        stream.allow(2 ** 30);
      }
    });

    const clients = subjects.map(() => connect({ address: running.address, ownConnection: true }));
    const acknowledged = new Map(subjects.map((subject) => [subject, new Map<number, string>()]));
    let frames = 0;
    const publishing = subjects.map((subject, i) =>
      publishUntilStopped(clients[i]!, subject, acknowledged.get(subject)!, () => {
        if (++frames === FRAMES_BEFORE_STOP) running.server.kill('SIGTERM');
      }),
    );
    await Promise.all(publishing);
    expect(await running.server.exited).toEqual({ code: 0, signal: null });
    for (const client of clients) client.close();
    await untilAllEnded;
    expect(drained).toBe(STREAMS);
    expect(frames).toBeGreaterThanOrEqual(FRAMES_BEFORE_STOP);

    const restarted = await start();
    const reader = connect({ address: restarted.address, ownConnection: true });
    try {
      for (const subject of subjects) {
        const stored = new Map<number, string>();
        const request = { subjects: [subject], from: 'earliest', stopAtHead: true } as const;
        for await (const { id, body } of reader.subscribe(request).messages()) stored.set(id, body.toString());
        const missing = [...acknowledged.get(subject)!].filter(([id, body]) => stored.get(id) !== body);
        expect({ subject, missing }).toEqual({ subject, missing: [] });
      }
    } finally {
      reader.close();
    }
  });
});
