import type { Hint } from '../storage.js';

const SPACE = 0x20;

/**
 * What the scripts publish: `s` and then per subject `<last id> <bytes of its name> <name>`, or `p` and a partition.
 * Anything else on the channel is not a hint.
 */
export function readHints(message: Buffer): readonly Hint[] {
  if (message[0] === 0x70) return [{ kind: 'partition', partition: message.toString('utf8', 1) }];
  if (message[0] !== 0x73) return [];
  const hints: Hint[] = [];
  for (let offset = 1; offset < message.length;) {
    const idEnd = message.indexOf(SPACE, offset);
    const lengthEnd = message.indexOf(SPACE, idEnd + 1);
    const lastId = Number(message.toString('latin1', offset, idEnd));
    const length = Number(message.toString('latin1', idEnd + 1, lengthEnd));
    if (idEnd < 0 || lengthEnd < 0 || !Number.isSafeInteger(lastId) || !Number.isSafeInteger(length)) break;
    offset = lengthEnd + 1 + length;
    hints.push({ kind: 'subject', subject: message.toString('utf8', lengthEnd + 1, offset), lastId });
  }
  return hints;
}
