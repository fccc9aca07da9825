import {
  clearSecretProblem,
  clientIdProblem,
  type ClientDefinition,
  type ClientProblem,
  type ClientSecret,
} from './client-definition.js';
import { BrokerError } from '../core/errors.js';
import { parseSecretHash } from './secret-hash.js';

/**
 * Reads `id:secret,id:secret`, clients that may do everything. An id ends at the first colon. A secret that begins with
 * `$scrypt$` is a hash and holds commas of its own; any other ends at the next comma and is taken as it stands. Blanks
 * before an id are skipped.
 */
export function parseClientList(list: string): {
  readonly clients: readonly ClientDefinition[];
  readonly problems: readonly ClientProblem[];
} {
  const clients: ClientDefinition[] = [];
  const problems: ClientProblem[] = [];
  splitEntries(list).forEach((entry, index) => {
    const refuse = (message: string): void => void problems.push({ path: `entry ${index + 1} of the list`, message });
    const colon = entry.indexOf(':');
    if (colon < 0) {
      refuse('is not of the form id:secret');
      return;
    }
    const id = entry.slice(0, colon);
    const secret = parseSecret(entry.slice(colon + 1));
    const idProblem = clientIdProblem(id);
    if (idProblem !== undefined) refuse(`the id ${idProblem}`);
    if (typeof secret === 'string') refuse(secret);
    else if (idProblem === undefined) clients.push({ id, secret, certificates: [], rules: undefined });
  });
  return { clients, problems };
}

/** The commas of a hash stand where no entry can end: before `r=` and `p=`. */
function splitEntries(list: string): readonly string[] {
  const entries: string[] = [];
  let rest = list;
  for (;;) {
    rest = rest.trimStart();
    const end = /^[^:,]*:\$scrypt\$ln=\d+,r=\d+,p=\d+[^,]*/.exec(rest)?.[0].length ?? endOf(rest);
    entries.push(rest.slice(0, end));
    if (end >= rest.length) return entries;
    rest = rest.slice(end + 1);
  }
}

function endOf(rest: string): number {
  const comma = rest.indexOf(',');
  return comma < 0 ? rest.length : comma;
}

/** The problem as a text where there is one. */
function parseSecret(text: string): ClientSecret | string {
  if (text.startsWith('$scrypt$')) {
    try {
      return { kind: 'hash', hash: parseSecretHash(text) };
    } catch (error) {
      if (error instanceof BrokerError) return error.message;
      throw error;
    }
  }
  const problem = clearSecretProblem(text);
  return problem === undefined ? { kind: 'clear', text } : `the secret ${problem}`;
}
