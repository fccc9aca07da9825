import type { PeerCertificate } from 'node:tls';
import { certificateNames } from '../../../src/grpc/certificate-names.js';

function names(subject: object | undefined, subjectaltname?: string): readonly string[] {
  return certificateNames({ subject, subjectaltname } as PeerCertificate);
}

describe('the names of a certificate', () => {
  test('are the common names and those alternative names that tell who it is', () => {
    const alternative = 'DNS:shop.example, URI:spiffe://example/shop, email:shop@example.org, IP Address:127.0.0.1';
    expect(names({ CN: 'shop' }, alternative)).toEqual([
      'shop',
      'shop.example',
      'spiffe://example/shop',
      'shop@example.org',
    ]);
    expect(names({ CN: ['shop', 'store'] })).toEqual(['shop', 'store']);
  });

  test('are none where there are none', () => {
    expect(names(undefined)).toEqual([]);
    expect(names({ O: 'shop' }, 'IP Address:127.0.0.1')).toEqual([]);
    expect(names({ CN: '' }, '')).toEqual([]);
  });

  test('are not made of a name that looks like several', () => {
    expect(names({}, 'DNS:"shop, DNS:admin", DNS:b')).toEqual(['shop, DNS:admin', 'b']);
    expect(names({}, 'othername:"x, DNS:admin", DirName:"CN=a, URI:admin", DNS:"q\\u0022, DNS:admin"')).toEqual([
      'q", DNS:admin',
    ]);
  });
});
