import type { ServiceUser } from './service-user.js';

type Command = readonly [program: string, ...args: string[]];

/**
 * The command as another user, who need not exist for Node, and such that it gets `deathSignal` when this process ends in
 * whatever way (Linux).
 */
export function ownedCommand(command: Command, deathSignal: NodeJS.Signals, user: ServiceUser | undefined): Command {
  if (process.platform !== 'linux') return command;
  const asUser = user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  return ['setpriv', '--pdeathsig', deathSignal.replace('SIG', ''), ...asUser, ...command];
}
