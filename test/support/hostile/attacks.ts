import type { Attack } from './attack.js';
import { badFrames } from './attacks/bad-frames.js';
import { badMessages } from './attacks/bad-messages.js';
import { continuationFlood } from './attacks/continuation-flood.js';
import { pingFlood, settingsFlood } from './attacks/control-floods.js';
import { endlessRequests, hoardedRequests } from './attacks/endless-requests.js';
import { halfHandshakes, halfOpenConnections } from './attacks/half-open.js';
import { headerBomb } from './attacks/header-bomb.js';
import { malformedStarts } from './attacks/malformed-starts.js';
import { protobufFuzz } from './attacks/protobuf-fuzz.js';
import { provokedReset } from './attacks/provoked-reset.js';
import { rapidReset } from './attacks/rapid-reset.js';
import { neverEndedRequests, trickledRequests } from './attacks/unfinished-requests.js';
import { windowUpdates } from './attacks/window-updates.js';
import { zipBomb } from './attacks/zip-bomb.js';

/** The whole kit. */
export const ATTACKS: readonly Attack[] = [
  rapidReset,
  provokedReset,
  continuationFlood,
  windowUpdates,
  settingsFlood,
  pingFlood,
  headerBomb,
  badFrames,
  malformedStarts,
  badMessages,
  zipBomb,
  neverEndedRequests,
  trickledRequests,
  endlessRequests,
  hoardedRequests,
  halfOpenConnections,
  halfHandshakes,
  protobufFuzz,
];

/** @throws Error naming the attacks that there are */
export function attackNamed(name: string): Attack {
  const found = ATTACKS.find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`the attacks are ${ATTACKS.map((attack) => attack.name).join(', ')}`);
  return found;
}
