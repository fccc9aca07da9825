import type { AuthObserver } from './authenticator.js';
import { ClientAccess } from './client-access.js';
import type { ClientDefinition } from './client-definition.js';
import type { ClientRates } from './client-rates.js';
import { decoyOf, type SecretHash } from './secret-hash.js';

/** A client that can authenticate. */
export interface Client {
  readonly access: ClientAccess;
  /** Undefined: the secret was given in clear, or there is none. */
  readonly hash: SecretHash | undefined;
  /** Keyed digest of id and secret; of a hashed secret, once it was verified. */
  digest: Buffer | undefined;
  readonly rates: ClientRates | undefined;
}

/** The clients of one moment. Only the digests of verified secrets are ever added. */
export interface ClientTable {
  readonly byId: ReadonlyMap<string, Client>;
  readonly byCertificate: ReadonlyMap<string, Client>;
  /** What to verify a secret against that cannot be right; undefined where no secret is hashed. */
  readonly decoy: SecretHash | undefined;
}

export const NO_CLIENTS: ClientTable = { byId: new Map(), byCertificate: new Map(), decoy: undefined };

/**
 * @param previous whose verified secrets stay remembered where the hash is still the same
 * @param digestOf keyed digest of an id and a secret
 */
export function createClientTable(
  definitions: readonly ClientDefinition[],
  previous: ClientTable,
  {
    digestOf,
    observer,
  }: {
    readonly digestOf: (id: string, secret: string) => Buffer;
    readonly observer: Pick<AuthObserver, 'actionDenied'>;
  },
): ClientTable {
  const byId = new Map<string, Client>();
  const byCertificate = new Map<string, Client>();
  for (const { id, secret, certificates, rules, rates } of definitions) {
    const hash = secret?.kind === 'hash' ? secret.hash : undefined;
    const digest = secret?.kind === 'clear' ? digestOf(id, secret.text) : rememberedDigest(previous.byId.get(id), hash);
    const client: Client = { access: new ClientAccess(id, rules, observer), hash, digest, rates };
    byId.set(id, client);
    for (const name of certificates) byCertificate.set(name, client);
  }
  const hash = [...byId.values()].find((client) => client.hash !== undefined)?.hash;
  return { byId, byCertificate, decoy: hash === undefined ? undefined : decoyOf(hash) };
}

function rememberedDigest(client: Client | undefined, hash: SecretHash | undefined): Buffer | undefined {
  return hash !== undefined && client?.hash?.text === hash.text ? client.digest : undefined;
}
