import { requireBackendAndTime } from '../../support/backends.js';
import { attackNamed } from '../../support/hostile/attacks.js';
import { launchAttack } from '../../support/hostile/launch-attack.js';
import { tryAttack } from '../../support/hostile/trial.js';
import { Victim } from '../../support/hostile/victim.js';

const TIMEOUT_MS = 120_000;

let victim: Victim | undefined;

afterEach(async () => {
  await victim?.dispose();
  victim = undefined;
});

requireBackendAndTime('memory', undefined)('a broker under attack by thousands of connections', () => {
  it.each(['half-open-connections', 'half-handshakes'])(
    'serves good clients and closes those that never begin: %s',
    async (name) => {
      const attack = attackNamed(name);
      victim = await Victim.start({ tls: attack.overTls === true });
      const trial = { attack, attempts: attack.quick, victim, calmMs: 0, launch: launchAttack };
      const { violations } = await tryAttack(trial);
      expect(violations).toEqual([]);
      expect(await victim.stop()).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
