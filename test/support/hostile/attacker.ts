/**
 * A process that attacks, so that what it needs of the processor is not taken from the good clients' process:
 *
 *     tsx attacker.ts NAME ATTEMPTS '{"address":…,"localAddress":…,"tls":…}'
 *
 * Prints the outcomes as JSON.
 */
import { attackNamed } from './attacks.js';
import type { AttackTarget } from './attack.js';

async function main([name = '', attempts = '', target = '']: readonly string[]): Promise<void> {
  const outcomes = await attackNamed(name).run(JSON.parse(target) as AttackTarget, Number(attempts));
  process.stdout.write(`${JSON.stringify([...outcomes])}\n`);
  // Sockets that were broken off may keep the process.
  process.exit(0);
}

void main(process.argv.slice(2));
