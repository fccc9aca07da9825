import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Attack, AttackTarget, Outcomes } from './attack.js';

const ATTACKER = join(__dirname, 'attacker.ts');

const run = promisify(execFile);

/** Makes an attack from a process of its own. */
export async function launchAttack(attack: Attack, target: AttackTarget, attempts: number): Promise<Outcomes> {
  const args = ['--import', 'tsx', ATTACKER, attack.name, String(attempts), JSON.stringify(target)];
  const { stdout } = await run(process.execPath, args);
  return new Map(JSON.parse(stdout) as [string, number][]);
}
