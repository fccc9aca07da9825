import { ATTACKS } from '../../support/hostile/attacks.js';
import { tryAttack } from '../../support/hostile/trial.js';
import { Victim } from '../../support/hostile/victim.js';

/** What takes ten seconds by nature is tried elsewhere: `test/e2e/hostile/slow.test.ts`. */
const SLOW = new Set(['half-open-connections', 'half-handshakes']);

let victim: Victim;

beforeAll(async () => {
  // So that what never ends is ended soon.
  victim = await Victim.start({ flags: ['--grpc-request-timeout', '1s'] });
});

afterAll(async () => {
  try {
    expect(await victim.stop()).toBeUndefined();
  } finally {
    await victim.dispose();
  }
});

it.each(ATTACKS.filter(({ name }) => !SLOW.has(name)).map((attack) => [attack.name, attack] as const))(
  'serves good clients, ends the attack and gets its memory back during: %s',
  async (_name, attack) => {
    const { violations, goodCalls } = await tryAttack({ attack, attempts: attack.quick, victim, calmMs: 0 });
    expect(violations).toEqual([]);
    expect(goodCalls).toBeGreaterThan(0);
  },
);
