import type { AccessRule } from './access-rule.js';
import type { ClientRates } from './client-rates.js';
import { MAX_SECRET_BYTES, type SecretHash } from './secret-hash.js';

/** A client as it was configured. */
export interface ClientDefinition {
  readonly id: string;
  /** Undefined: only a certificate lets this client in. */
  readonly secret: ClientSecret | undefined;
  /** Names of certificates that are this client. */
  readonly certificates: readonly string[];
  /** Undefined: everything is allowed. */
  readonly rules: readonly AccessRule[] | undefined;
  /** Undefined: as the server says. */
  readonly rates?: ClientRates | undefined;
}

export type ClientSecret =
  { readonly kind: 'clear'; readonly text: string } | { readonly kind: 'hash'; readonly hash: SecretHash };

/** One thing that is wrong with the configured clients. Never holds a secret. */
export interface ClientProblem {
  /** Such as `clients[2].allow[0].verbs[1]`. */
  readonly path: string;
  readonly message: string;
}

/** Longest id of a client, bytes of UTF-8. */
export const MAX_CLIENT_ID_BYTES = 128;

/** What is wrong with the id of a client, if anything. Basic authentication has no room for a colon. */
export function clientIdProblem(id: string): string | undefined {
  if (id.length === 0) return 'must not be empty';
  if (id.includes(':')) return 'must not hold a colon';
  if (/\p{Cc}|\p{Cs}/u.test(id)) return 'must not hold control characters or broken Unicode';
  if (Buffer.byteLength(id) > MAX_CLIENT_ID_BYTES) return `must not be longer than ${MAX_CLIENT_ID_BYTES} bytes`;
  return undefined;
}

/** What is wrong with a secret in clear, if anything. */
export function clearSecretProblem(secret: string): string | undefined {
  if (secret.length === 0) return 'must not be empty';
  if (/\p{Cc}|\p{Cs}/u.test(secret)) return 'must not hold control characters or broken Unicode';
  if (Buffer.byteLength(secret) > MAX_SECRET_BYTES) return `must not be longer than ${MAX_SECRET_BYTES} bytes`;
  return undefined;
}
