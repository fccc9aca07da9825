import { isUtf8 } from 'node:buffer';
import { BrokerError } from '../core/errors.js';

export interface HeaderCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** Twice what the longest id and secret take in base64. */
const MAX_HEADER_LENGTH = 4096;

/** Schemes are the same in either case (RFC 9110 section 11.1). */
const HEADER = /^(basic|bearer) +([!-~][ -~]*)$/i;

/**
 * Reads the values of an `authorization` header: `Basic <base64 of id:secret>` (RFC 7617) or `Bearer <token>`, whose
 * token is `id:secret` in base64, in base64url or as it stands. An id ends at the first colon.
 *
 * @throws BrokerError CREDENTIALS_INVALID, which does not repeat the header
 */
export function parseAuthorization(values: readonly (string | Buffer)[]): HeaderCredentials {
  const [value] = values;
  if (values.length !== 1 || typeof value !== 'string' || value.length > MAX_HEADER_LENGTH) throw malformed();
  const [, scheme, token] = HEADER.exec(value) ?? [];
  if (scheme === undefined || token === undefined) throw malformed();
  const text = scheme.toLowerCase() === 'bearer' ? bearerText(token) : decode(token, 'base64');
  const colon = text.indexOf(':');
  if (colon < 1) throw malformed();
  return { clientId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** No base64 has a colon. */
function bearerText(token: string): string {
  if (token.includes(':')) return token;
  return decode(token, /[-_]/.test(token) ? 'base64url' : 'base64');
}

/** Node skips whatever is not base64, hence the way back. */
function decode(token: string, encoding: 'base64' | 'base64url'): string {
  if (!/^[^=]+={0,2}$/.test(token)) throw malformed();
  const bytes = Buffer.from(token, encoding);
  if (withoutPadding(bytes.toString(encoding)) !== withoutPadding(token) || !isUtf8(bytes)) throw malformed();
  return bytes.toString('utf8');
}

function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '');
}

function malformed(): BrokerError {
  return new BrokerError('CREDENTIALS_INVALID', 'the authorization header is not understood');
}
