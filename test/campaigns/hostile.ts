/**
 * Attacks a broker process, directly or through Envoy, with each attack of the kit, while good clients publish and
 * subscribe. Prints what became of the attempts, of the good calls and of the memory. Ends with 1 when the process
 * failed, an attacker was served or held out, a good call failed, or memory did not come back.
 */
import { parseArgs } from 'node:util';
import type { Attack, AttackTarget, Outcomes } from '../support/hostile/attack.js';
import { ATTACKS, attackNamed } from '../support/hostile/attacks.js';
import { launchAttack } from '../support/hostile/launch-attack.js';
import { tryAttack, type TrialResult } from '../support/hostile/trial.js';
import { Victim } from '../support/hostile/victim.js';
import { Envoy, portOf } from '../support/programs/envoy.js';

const HELP = `Usage: npm run campaign:hostile -- [options]

  --attack <name>     one attack, or several: ${ATTACKS.map(({ name }) => name).join(', ')} (default: all)
  --through <what>    broker, envoy or both (default: broker)
  --quick             as few attempts as the tests make
  --seconds <number>  repeats each attack for so long
  --help              shows this
`;

const CALM_MS = 3000;

/** Again and again until the time is over. */
async function launch(attack: Attack, target: AttackTarget, attempts: number, seconds: number): Promise<Outcomes> {
  const outcomes = new Map<string, number>();
  const endMs = performance.now() + seconds * 1000;
  do {
    for (const [outcome, count] of await launchAttack(attack, target, attempts)) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    }
  } while (performance.now() < endMs);
  return outcomes;
}

interface Trial {
  readonly attack: Attack;
  readonly throughEnvoy: boolean;
}

async function trial({ attack, throughEnvoy }: Trial, quick: boolean, seconds: number): Promise<TrialResult> {
  const victim = await Victim.start({ tls: attack.overTls === true });
  let envoy: Envoy | undefined;
  try {
    if (throughEnvoy) {
      envoy = await Envoy.start({ brokers: [{ grpc: portOf(victim.address) }] });
      await envoy.untilHealthy(1);
    }
    const result = await tryAttack({
      attack,
      attempts: quick ? attack.quick : attack.full,
      victim,
      calmMs: CALM_MS,
      launch: (chosen, target, attempts) => launch(chosen, target, attempts, seconds),
      ...(envoy === undefined ? {} : { proxyAddress: envoy.address }),
    });
    const complaint = await victim.stop();
    return complaint === undefined ? result : { ...result, violations: [...result.violations, complaint] };
  } finally {
    await envoy?.stop();
    await victim.dispose();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      attack: { type: 'string', multiple: true },
      through: { type: 'string', default: 'broker' },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const ways = { broker: [false], envoy: [true], both: [false, true] }[values.through];
  if (ways === undefined) throw new Error('--through must be broker, envoy or both');
  const attacks = values.attack === undefined ? ATTACKS : values.attack.map(attackNamed);
  const trials = ways.flatMap((throughEnvoy) =>
    attacks.filter(({ overTls }) => !throughEnvoy || overTls !== true).map((attack) => ({ attack, throughEnvoy })),
  );
  const rows: Record<string, string | number>[] = [];
  for (const each of trials) {
    const result = await trial(each, values.quick, Number(values.seconds));
    rows.push(row(each, result));
    console.log(`${each.attack.name}${each.throughEnvoy ? ' through Envoy' : ''}: ${result.seconds.toFixed(1)} s`);
    for (const [outcome, count] of result.outcomes) console.log(`    ${count} × ${outcome}`);
    for (const violation of result.violations) console.log(`    VIOLATION: ${violation}`);
    if (result.violations.length > 0) process.exitCode = 1;
  }
  console.table(rows);
  console.log(process.exitCode === 1 ? 'THERE WERE VIOLATIONS' : 'all bounds kept');
}

function row({ attack, throughEnvoy }: Trial, result: TrialResult): Record<string, string | number> {
  return {
    attack: attack.name,
    through: throughEnvoy ? 'Envoy' : 'broker',
    outcomes: [...result.outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', '),
    'good calls': result.goodCalls,
    'p99 ms before': Number(result.p99Before.toFixed(1)),
    'p99 ms during': Number(result.p99During.toFixed(1)),
    'RSS before': Math.round(result.before.resident),
    'RSS peak': Math.round(result.peakResident),
    'RSS after': Math.round(result.after.resident),
    'heap before': Number(result.before.heap.toFixed(1)),
    'heap after': Number(result.after.heap.toFixed(1)),
    verdict: result.violations.length === 0 ? 'ok' : 'VIOLATION',
  };
}

void main();
