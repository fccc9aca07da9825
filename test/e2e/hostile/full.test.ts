import { requireBackendAndTime } from '../../support/backends.js';
import { launchAttack } from '../../support/hostile/launch-attack.js';
import { ATTACKS } from '../../support/hostile/attacks.js';
import { tryAttack } from '../../support/hostile/trial.js';
import { Victim } from '../../support/hostile/victim.js';
import { Envoy, portOf } from '../../support/programs/envoy.js';
import { toolsMissing } from '../../support/tools.js';

/** An attack whose attempts are waited for takes half a minute, and longer where they come in turns. */
const TIMEOUT_MS = 180_000;

let victim: Victim | undefined;
let envoy: Envoy | undefined;

afterEach(async () => {
  await envoy?.stop();
  await victim?.dispose();
  envoy = undefined;
  victim = undefined;
});

requireBackendAndTime('node', undefined)('a broker under an attack of full size', () => {
  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))(
    'lives, serves good clients and gets its memory back: %s',
    async (_name, attack) => {
      victim = await Victim.start({ tls: attack.overTls === true });
      const { violations } = await tryAttack({
        attack,
        attempts: attack.full,
        victim,
        calmMs: 1000,
        launch: launchAttack,
      });
      expect(violations).toEqual([]);
      expect(await victim.stop()).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});

requireBackendAndTime('envoy', toolsMissing('envoy'))('a broker behind Envoy under attack', () => {
  it.each(ATTACKS.filter(({ overTls }) => overTls !== true).map((attack) => [attack.name, attack] as const))(
    'lives, serves good clients and gets its memory back: %s',
    async (_name, attack) => {
      victim = await Victim.start();
      envoy = await Envoy.start({ brokers: [{ grpc: portOf(victim.address) }] });
      await envoy.untilHealthy(1);
      const { violations } = await tryAttack({
        attack,
        attempts: attack.quick,
        victim,
        calmMs: 1000,
        launch: launchAttack,
        proxyAddress: envoy.address,
      });
      expect(violations).toEqual([]);
      expect(await victim.stop()).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
