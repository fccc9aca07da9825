import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { BrokerError } from '../core/errors.js';

/** A hashed secret, parsed from its PHC string. */
export interface SecretHash {
  /** `$scrypt$ln=15,r=8,p=1$<salt>$<key>`, both in base64 without padding. */
  readonly text: string;
  /** log2 of the cost N. */
  readonly logN: number;
  /** Block size; with N it sets the memory: 128·N·r bytes. */
  readonly r: number;
  /** Parallelisation: the work is done so often. */
  readonly p: number;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * Parameters of new hashes: N = 32,768, r = 8, p = 1, which take 32 MiB. They are the ones that Go's
 * golang.org/x/crypto/scrypt recommends for interactive logins, with the r and p of RFC 7914 section 2. OWASP's Password
 * Storage Cheat Sheet asks for p = 3 at this N where people choose the passwords; secrets of clients are better
 * generated. Measured on one core of the development machine: 88 ms (p = 3: three times as much).
 */
export const NEW_HASH_PARAMETERS = { logN: 15, r: 8, p: 1 } as const;

/** Longest secret, bytes of UTF-8. */
export const MAX_SECRET_BYTES = 1024;

/** Most memory that one hash may take: OWASP's largest parameters (N = 2^17, r = 8) take half of it. */
const MAX_HASH_BYTES = 256 * 2 ** 20;

const SALT_BYTES = 16;
const KEY_BYTES = 32;

const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes a secret under a new salt, off the event loop. */
export async function hashSecret(secret: string): Promise<SecretHash> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(secret, { ...NEW_HASH_PARAMETERS, salt, keyBytes: KEY_BYTES });
  return secretHashOf({ ...NEW_HASH_PARAMETERS, salt, key });
}

/** Whether this is the secret that was hashed; takes as long for a wrong one. Works off the event loop. */
export async function verifySecret(secret: string, hash: SecretHash): Promise<boolean> {
  const key = await derive(secret, { ...hash, keyBytes: hash.key.length });
  // HMAC, which scrypt stands on, fills a short key with zero bytes: a secret and zero bytes hash as the secret alone.
  return timingSafeEqual(key, hash.key) && !secret.endsWith('\0');
}

/** A hash of no secret that costs as much to verify as `hash`. */
export function decoyOf({ logN, r, p, salt, key }: SecretHash): SecretHash {
  return secretHashOf({ logN, r, p, salt: randomBytes(salt.length), key: randomBytes(key.length) });
}

/**
 * Reads the PHC string of a hash: ln 10 to 20, r 1 to 32, p 1 to 16, at most 256 MiB, a salt of 8 to 64 bytes and a key
 * of 16 to 64 bytes.
 *
 * @throws BrokerError ARGUMENT_INVALID, whose message does not repeat the text
 */
export function parseSecretHash(text: string): SecretHash {
  const match = PHC.exec(text);
  if (match === null) throw refused('is not of the form $scrypt$ln=15,r=8,p=1$<salt>$<key>');
  const [logN, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  requireRange('ln', logN, 10, 20);
  requireRange('r', r, 1, 32);
  requireRange('p', p, 1, 16);
  // RFC 7914 section 6: N must be less than 2^(128·r/8).
  if (logN >= 16 * r) throw refused(`has ln=${logN}, which needs a larger r`);
  if (128 * 2 ** logN * r > MAX_HASH_BYTES) {
    throw refused(`takes more memory than ${MAX_HASH_BYTES / 2 ** 20} MiB`);
  }
  const salt = decode('salt', match[4] ?? '', 8);
  const key = decode('key', match[5] ?? '', 16);
  return { text, logN, r, p, salt, key };
}

function requireRange(name: string, value: number, min: number, max: number): void {
  if (value < min || value > max) throw refused(`has ${name}=${value}, which must be from ${min} to ${max}`);
}

function decode(name: string, text: string, minBytes: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (encode(bytes) !== text) throw refused(`has a ${name} that is not base64 without padding`);
  if (bytes.length < minBytes || bytes.length > 64)
    throw refused(`has a ${name} that is not ${minBytes} to 64 bytes long`);
  return bytes;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

function refused(problem: string): BrokerError {
  return new BrokerError('ARGUMENT_INVALID', `the hash of the secret ${problem}`);
}

function secretHashOf(parts: Omit<SecretHash, 'text'>): SecretHash {
  const { logN, r, p, salt, key } = parts;
  return { ...parts, text: `$scrypt$ln=${logN},r=${r},p=${p}$${encode(salt)}$${encode(key)}` };
}

type Derivation = Pick<SecretHash, 'logN' | 'r' | 'p' | 'salt'> & { readonly keyBytes: number };

function derive(secret: string, { logN, r, p, salt, keyBytes }: Derivation): Promise<Buffer> {
  const N = 2 ** logN;
  // What OpenSSL counts: the big array, one block per p, and two blocks of scratch.
  const maxmem = 128 * r * (N + p + 3);
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
