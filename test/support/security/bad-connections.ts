import type { ConnectionOptions } from 'node:tls';
import { CertificateAuthority, type CertificateFacts, type Identity, selfSigned } from './certificate-authority.js';

/** Of the certificate that is the owner's, and therefore of all that only look like it. */
export const OWNER_NAME = 'owner.example.org';

export interface Authorities {
  /** The one whose certificates clients need. */
  readonly clientCa: CertificateAuthority;
  /** One that the server's process trusts for everything else, as Node does those of the public. */
  readonly publicCa: CertificateAuthority;
}

/** OpenSSL itself refuses to offer what is old or weak above this level. */
const ANYTHING = 'ALL:eNULL:@SECLEVEL=0';
const HOUR_MS = 3_600_000;

/** TLS connections that a server which asks for certificates of `clientCa` must not let in, each with its title. */
export function badConnections({
  clientCa,
  publicCa,
}: Authorities): readonly (readonly [title: string, options: ConnectionOptions])[] {
  const owner: CertificateFacts = { commonName: OWNER_NAME, dnsNames: [OWNER_NAME], uses: ['clientAuth'] };
  const good = clientCa.issue(owner);
  const stranger = CertificateAuthority.root('stranger');
  const impostor = CertificateAuthority.root('authority of clients');
  const leaf = clientCa.subordinate({ commonName: 'leaf' });
  const intermediate = clientCa.subordinate({ commonName: 'intermediate', isAuthority: true });
  const expired = clientCa.subordinate({ commonName: 'expired', isAuthority: true, notAfter: hoursFromNow(-1) });
  const servers = clientCa.subordinate({ commonName: 'servers', isAuthority: true, uses: ['serverAuth'] });
  return [
    ['TLS 1.0', { ...good, ...version('TLSv1') }],
    ['TLS 1.1', { ...good, ...version('TLSv1.1') }],
    ['a cipher that encrypts nothing', { ...good, maxVersion: 'TLSv1.2', ciphers: 'eNULL:@SECLEVEL=0' }],
    ['a cipher without authentication', { ...good, maxVersion: 'TLSv1.2', ciphers: 'aNULL:@SECLEVEL=0' }],
    ['no certificate', {}],
    ['no certificate in TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['a certificate that has expired', clientCa.issue({ ...owner, notAfter: hoursFromNow(-1) })],
    ['a certificate that is not valid yet', clientCa.issue({ ...owner, notBefore: hoursFromNow(1) })],
    ['a certificate that is signed by itself', selfSigned(owner)],
    ['a certificate that is signed by itself as an authority', selfSigned({ ...owner, isAuthority: true })],
    ['a certificate of another authority', stranger.issue(owner)],
    ['a certificate of another authority with that authority sent along', chain(stranger.issue(owner), stranger)],
    ['a certificate of another authority with the name of ours', impostor.issue(owner)],
    ['a publicly issued certificate', publicCa.issue(owner)],
    ['a publicly issued certificate in TLS 1.2', { ...publicCa.issue(owner), maxVersion: 'TLSv1.2' }],
    ['a certificate that is only for servers', clientCa.issue({ ...owner, uses: ['serverAuth'] })],
    [
      'a certificate that is signed with SHA-1',
      { ...clientCa.issue({ ...owner, digest: 'sha1' }), ciphers: 'DEFAULT@SECLEVEL=0' },
    ],
    ['a certificate that somebody with a certificate of ours has signed', chain(leaf.issue(owner), leaf)],
    ['a certificate whose intermediate authority is missing', intermediate.issue(owner)],
    ['a certificate whose intermediate authority has expired', chain(expired.issue(owner), expired)],
    ['a certificate whose intermediate authority is for servers', chain(servers.issue(owner), servers)],
  ];
}

function version(only: 'TLSv1' | 'TLSv1.1'): ConnectionOptions {
  return { minVersion: only, maxVersion: only, ciphers: ANYTHING };
}

function chain({ cert, key }: Identity, authority: CertificateAuthority): Identity {
  return { cert: cert + authority.cert, key };
}

function hoursFromNow(hours: number): Date {
  return new Date(Date.now() + hours * HOUR_MS);
}
