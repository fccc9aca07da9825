import type { OutgoingHttpHeaders } from 'node:http2';

/** A client with all rights, whom the bad credentials are nearly those of, and how its secret is stored. */
export interface Impersonated {
  readonly id: string;
  readonly secret: string;
  readonly secretHash: string;
  /** Another client with all rights. */
  readonly other: { readonly id: string; readonly secret: string };
}

/** Pairs of id and secret that nobody has, each with its title. */
export function badPairs({
  id,
  secret,
  secretHash,
  other,
}: Impersonated): readonly (readonly [title: string, id: string, secret: string])[] {
  return [
    ['an unknown client', 'nobody', 'x'],
    ['an unknown client with the secret of a known one', 'nobody', secret],
    ['a wrong secret', id, 'x'],
    ['no secret', id, ''],
    ['the secret of another client', id, other.secret],
    ['the id of another client', other.id, secret],
    ['the hash in place of the secret', id, secretHash],
    ['the first half of the secret', id, secret.slice(0, secret.length / 2)],
    ['the secret and more', id, `${secret}x`],
    ['the secret and a space', id, `${secret} `],
    ['the secret and a zero byte', id, `${secret}\0`],
    ['the secret in capitals', id, secret.toUpperCase()],
    ['the secret in letters that look alike', id, secret.replace('e', 'е')],
    ['the id in capitals', id.toUpperCase(), secret],
    ['the id after a space', ` ${id}`, secret],
    ['a secret that is longer than any', id, 'x'.repeat(2000)],
    ['a name that every object has', '__proto__', 'x'],
  ];
}

/** Headers that do not say who calls, although the credentials in them may be right. */
export function badHeaders({
  id,
  secret,
  other,
}: Impersonated): readonly (readonly [title: string, headers: OutgoingHttpHeaders])[] {
  const right = `${id}:${secret}`;
  const basic = `Basic ${base64(right)}`;
  const header = (authorization: string): OutgoingHttpHeaders => ({ authorization });
  const jwt = (algorithm: string, signature: string): string =>
    [
      { alg: algorithm, typ: 'JWT' },
      { sub: id, exp: 4_102_444_800 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat(signature)
      .join('.');
  return [
    ['no header', {}],
    ['an empty header', header('')],
    ['a scheme alone', header('Basic')],
    ['another scheme', header(`Digest username="${id}", response="${secret}"`)],
    ['a scheme that there is not', header(`Token ${right}`)],
    ['credentials without a scheme', header(right)],
    ['Basic that is no base64', header(`Basic ${right}`)],
    ['Basic with a letter that base64 has not', header(`${basic.slice(0, 10)}!${basic.slice(10)}`)],
    ['Basic without a colon', header(`Basic ${base64(`${id} ${secret}`)}`)],
    ['Basic without an id', header(`Basic ${base64(`:${secret}`)}`)],
    ['Basic that is no UTF-8', header(`Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}`)],
    ['Basic in base64 of base64', header(`Basic ${base64(base64(right))}`)],
    ['a line break after the secret', header(`Basic ${base64(`${right}\n`)}`)],
    ['a token without an id', header(`Bearer :${secret}`)],
    ['the secret as a token', header(`Bearer ${secret}`)],
    ['a token signed by nobody', header(`Bearer ${jwt('none', '')}`)],
    ['a token signed by somebody', header(`Bearer ${jwt('HS256', 'c2lnbmF0dXJl')}`)],
    ['the right credentials twice in one header', header(`${basic}, ${basic}`)],
    ['two clients in one header', header(`${basic}, Basic ${base64(`${other.id}:${other.secret}`)}`)],
    ['a header of 8 KiB', header(`Bearer ${id}:${'x'.repeat(8192)}`)],
    ['letters beyond ASCII', header(`Bearer ${id}:s\u00e9cret`)],
    ['the header of proxies', { 'proxy-authorization': basic }],
    ['the header of something else', { 'x-authorization': basic }],
    ['a binary header', { 'authorization-bin': base64(basic) }],
    ['a cookie', { cookie: `authorization=${basic}` }],
  ];
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
