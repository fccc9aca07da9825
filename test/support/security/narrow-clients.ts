import { VERBS } from '../../../src/auth/access.js';
import { cheapHashOf } from '../secret-hashes.js';
import type { GuardedMethod } from './guarded-things.js';

/** Of all clients here. */
export const NARROW_SECRET = 'narrow-secret-0817';
const secretHash = cheapHashOf(NARROW_SECRET);

/** Patterns that are close to `vault.door` and do not match it. */
const NEAR = ['vault', 'vault.*.*', 'vault.door.>', 'vault.doo', 'vault.doo*', 'VAULT.DOOR', '*', 'door', 'vaul>t'];

interface NarrowRights {
  readonly allow: readonly object[];
  /** What they are not enough for; everything when left out. */
  readonly not?: readonly GuardedMethod['about'][];
}

/** Rights of clients that may do something, or could, but nothing of what is tried. */
const RIGHTS: Readonly<Record<string, NarrowRights>> = {
  'no right': { allow: [] },
  'a right on nothing': { allow: [{ verbs: ['*'], subjects: [], streams: [] }] },
  'rights elsewhere': {
    allow: [{ verbs: ['*'], subjects: ['other.>'], streams: ['a.>'] }],
    not: ['subject', 'stream'],
  },
  'rights nearby': { allow: [{ verbs: ['*'], subjects: NEAR, streams: NEAR }], not: ['subject', 'stream'] },
  'rights on every stream': { allow: [{ verbs: ['*'], streams: ['>'] }], not: ['subject'] },
  'rights on every subject': { allow: [{ verbs: ['*'], subjects: ['>'] }], not: ['stream'] },
};

export interface NarrowClient {
  readonly title: string;
  readonly id: string;
  /** Whether it may not do what is about this. */
  lacks(about: GuardedMethod['about']): boolean;
}

export const NARROW_CLIENTS: readonly NarrowClient[] = Object.entries(RIGHTS).map(([title, { not }]) => ({
  title,
  id: title.replaceAll(' ', '-'),
  lacks: (about) => not?.includes(about) ?? true,
}));

/** The client that may do everything, but none of these. */
export function clientWithout(verbs: readonly string[]): string {
  return `not-${verbs.join('-')}`;
}

/** For the file of clients: {@link NARROW_CLIENTS}, and {@link clientWithout} each of these. */
export function narrowDefinitions(withouts: readonly (readonly string[])[]): readonly object[] {
  const narrow = NARROW_CLIENTS.map(({ id, title }) => ({ id, secretHash, allow: RIGHTS[title]?.allow }));
  const byId = new Map(withouts.map((verbs) => [clientWithout(verbs), verbs]));
  const without = Array.from(byId, ([id, verbs]) => {
    return { id, secretHash, allow: [{ verbs: VERBS.filter((verb) => !verbs.includes(verb)) }] };
  });
  return [...narrow, ...without];
}
