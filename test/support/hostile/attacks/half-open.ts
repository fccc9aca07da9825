import { type Attack, type AttackTarget, OutcomeCounter, type Outcomes, PATIENCE_MS, repeat } from '../attack.js';
import { AttackerConnection } from '../attacker-connection.js';

/** Connections that are tried at a time. */
const AT_ONCE = 2500;

/** The begin of a ClientHello of 512 bytes. */
const HALF_HELLO = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Buffer.alloc(100, 7)]);

async function hold(target: AttackTarget, attempts: number, begin: (index: number) => Buffer): Promise<Outcomes> {
  const counter = new OutcomeCounter();
  await repeat(attempts, AT_ONCE, async (index) => {
    const connection = await AttackerConnection.raw({ ...target, tls: false });
    await connection.send(begin(index));
    counter.add(await connection.ending(PATIENCE_MS));
    connection.destroy();
  });
  return counter.outcomes;
}

/** Connects and says nothing, or half of the first words; an attempt is a connection. */
export const halfOpenConnections: Attack = {
  name: 'half-open-connections',
  description: 'connections that never begin to speak HTTP/2',
  quick: 2000,
  full: 5000,
  expected: /^closed$|^GOAWAY /,
  run: (target, attempts) =>
    hold(target, attempts, (index) => (index % 2 === 0 ? Buffer.alloc(0) : Buffer.from('PRI * HTTP/2.0\r\n'))),
};

/** Begins handshakes and does not go on; an attempt is a connection. */
export const halfHandshakes: Attack = {
  name: 'half-handshakes',
  description: 'TLS handshakes that are begun and not finished',
  quick: 2000,
  full: 5000,
  overTls: true,
  expected: /^closed$/,
  run: (target, attempts) => hold(target, attempts, (index) => (index % 2 === 0 ? Buffer.alloc(0) : HALF_HELLO)),
};
