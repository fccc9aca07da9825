import type { PeerCertificate } from 'node:tls';

/** Kinds of alternative names that can be a client's; addresses say nothing about who it is. */
const NAME_KINDS: ReadonlySet<string> = new Set(['DNS', 'URI', 'email']);

/** `DNS:a.example, URI:spiffe://b`; Node writes a value in quotes, as JSON, where it could be taken for several. */
const ALTERNATIVE_NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;

/** Names of a certificate in this order: common names of the subject, alternative names (DNS, URI, email). */
export function certificateNames({ subject, subjectaltname }: PeerCertificate): readonly string[] {
  // Declared as always there, but a subject can be empty.
  const commonNames: unknown = (subject as Partial<PeerCertificate['subject']> | undefined)?.CN;
  const names = (Array.isArray(commonNames) ? commonNames : [commonNames]).filter((name) => typeof name === 'string');
  for (const [, kind, value] of (subjectaltname ?? '').matchAll(ALTERNATIVE_NAME)) {
    if (kind !== undefined && value !== undefined && NAME_KINDS.has(kind)) names.push(unquoted(value));
  }
  return names.filter((name) => name !== '');
}

function unquoted(value: string): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}
