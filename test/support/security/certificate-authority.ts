import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  der,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.js';

export interface CertificateFacts {
  readonly commonName: string;
  /** Alternative names; none when left out. */
  readonly dnsNames?: readonly string[];
  /** What it may be used for; everything when left out. */
  readonly uses?: readonly ExtendedUse[];
  /** Whether it may sign others; false when left out. */
  readonly isAuthority?: boolean;
  /** Yesterday when left out. */
  readonly notBefore?: Date;
  /** Tomorrow when left out. */
  readonly notAfter?: Date;
  /** Of the signature; SHA-256 when left out. */
  readonly digest?: 'sha256' | 'sha1';
}

type ExtendedUse = keyof typeof EXTENDED_USES;

/** A certificate with its private key, both PEM. `cert` may be followed by those that lead to its authority. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const EXTENDED_USES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
const SIGNATURES = { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1' } as const;
const COMMON_NAME = '2.5.4.3';
const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** digitalSignature; keyCertSign and cRLSign. */
const LEAF_BITS = bitString(Buffer.from([0x80]), 7);
const AUTHORITY_BITS = bitString(Buffer.from([0x06]), 1);
const DAY_MS = 86_400_000;

/** Somebody who signs certificates (X.509 v3 with keys on P-256), whether or not anybody should trust them. */
export class CertificateAuthority {
  readonly #commonName: string;
  readonly #key: KeyObject;
  /** PEM */
  readonly cert: string;

  private constructor(commonName: string, cert: string, key: KeyObject) {
    this.#commonName = commonName;
    this.cert = cert;
    this.#key = key;
  }

  /** Signed by itself. */
  static root(commonName: string): CertificateAuthority {
    const { publicKey, privateKey } = newKeys();
    const cert = certificate({ commonName, isAuthority: true }, publicKey, { commonName, key: privateKey });
    return new CertificateAuthority(commonName, cert, privateKey);
  }

  /** One whose certificate this one signs: an authority only where the facts say so. */
  subordinate(facts: CertificateFacts): CertificateAuthority {
    const { publicKey, privateKey } = newKeys();
    return new CertificateAuthority(facts.commonName, this.#sign(facts, publicKey), privateKey);
  }

  issue(facts: CertificateFacts): Identity {
    const { publicKey, privateKey } = newKeys();
    return { cert: this.#sign(facts, publicKey), key: pemOf(privateKey) };
  }

  #sign(facts: CertificateFacts, publicKey: KeyObject): string {
    return certificate(facts, publicKey, { commonName: this.#commonName, key: this.#key });
  }
}

export function selfSigned(facts: CertificateFacts): Identity {
  const { publicKey, privateKey } = newKeys();
  const cert = certificate(facts, publicKey, { commonName: facts.commonName, key: privateKey });
  return { cert, key: pemOf(privateKey) };
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificate(
  facts: CertificateFacts,
  publicKey: KeyObject,
  issuer: { readonly commonName: string; readonly key: KeyObject },
): string {
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + DAY_MS) } = facts;
  const { digest = 'sha256' } = facts;
  const algorithm = sequence(objectIdentifier(SIGNATURES[digest]));
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name(issuer.commonName),
    sequence(utcTime(notBefore), utcTime(notAfter)),
    name(facts.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(facts))),
  );
  const whole = sequence(signed, algorithm, bitString(sign(digest, signed, issuer.key)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName))));
}

function extensions({ isAuthority = false, uses = [], dnsNames = [] }: CertificateFacts): Buffer[] {
  const found = [
    extension(BASIC_CONSTRAINTS, sequence(...(isAuthority ? [boolean(true)] : []))),
    extension(KEY_USAGE, isAuthority ? AUTHORITY_BITS : LEAF_BITS),
  ];
  if (uses.length > 0) {
    const identifiers = uses.map((use) => objectIdentifier(EXTENDED_USES[use]));
    found.push(extension(EXTENDED_KEY_USAGE, sequence(...identifiers)));
  }
  if (dnsNames.length > 0) {
    const names = dnsNames.map((dnsName) => der(0x82, Buffer.from(dnsName)));
    found.push(extension(ALTERNATIVE_NAME, sequence(...names)));
  }
  return found;
}

function extension(identifier: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), boolean(true), octetString(value));
}
