import { requireBackendAndTime } from '../../support/backends.js';
import type { Attack } from '../../support/hostile/attack.js';
import { ATTACKS } from '../../support/hostile/attacks.js';
import { launchAttack } from '../../support/hostile/launch-attack.js';
import { tryAttack } from '../../support/hostile/trial.js';
import { Victim } from '../../support/hostile/victim.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { toolsMissing } from '../../support/tools.js';

function isForEnvoy({ overTls }: Attack): boolean {
  return overTls !== true;
}

/** What a broker ends for taking too long, Envoy waits for too. */
const TIMEOUT_MS = 120_000;

requireBackendAndTime('envoy', toolsMissing('envoy'))('a broker behind Envoy', () => {
  let victim: Victim;
  let envoy: Envoy;

  beforeAll(async () => {
    victim = await Victim.start({ flags: ['--grpc-request-timeout', '1s'] });
    envoy = await Envoy.start({ brokers: [{ grpc: portOf(victim.address) }] });
    await envoy.untilHealthy(1);
  });

  afterAll(async () => {
    await envoy.stop();
    try {
      expect(await victim.stop()).toBeUndefined();
    } finally {
      await victim.dispose();
    }
  });

  it.each(ATTACKS.filter(isForEnvoy).map((attack) => [attack.name, attack] as const))(
    'serves good clients and is not harmed by: %s',
    async (_name, attack) => {
      const trial = { attack, attempts: attack.quick, victim, calmMs: 0, launch: launchAttack };
      const { violations } = await tryAttack({ ...trial, proxyAddress: envoy.address });
      expect(violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
