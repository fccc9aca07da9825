import fc from 'fast-check';
import { hashSecret, parseSecretHash, verifySecret } from '../../../src/auth/secret-hash.js';
import { BrokerError } from '../../../src/core/errors.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const SALT = 'c2FsdHNhbHRzYWx0c2FsdA';
const KEY = 'A'.repeat(43);

test('a new hash has the documented form, verifies its secret and no other', async () => {
  const { text } = await hashSecret('correct horse');
  expect(text).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  const hash = parseSecretHash(text);
  expect(await verifySecret('correct horse', hash)).toBe(true);
  expect(await verifySecret('correct horsf', hash)).toBe(false);
});

test('every hash has a salt of its own', async () => {
  const [one, two] = await Promise.all([hashSecret('same'), hashSecret('same')]);
  expect(one.text).not.toBe(two.text);
});

test('the third test vector of RFC 7914 verifies', async () => {
  const key = Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    'hex',
  );
  const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const text = `$scrypt$ln=14,r=8,p=1$${unpadded(Buffer.from('SodiumChloride'))}$${unpadded(key)}`;
  expect(await verifySecret('pleaseletmein', parseSecretHash(text))).toBe(true);
});

test('secrets of any script and up to 1,024 bytes are hashed', async () => {
  for (const secret of ['ключ🔑', 'x'.repeat(1024)]) {
    expect(await verifySecret(secret, parseSecretHash(cheapHashOf(secret)))).toBe(true);
  }
});

test('the extremes of the parameters work', async () => {
  for (const parameters of ['ln=10,r=1,p=1', 'ln=10,r=32,p=16', 'ln=15,r=1,p=2']) {
    expect(await verifySecret('x', parseSecretHash(`$scrypt$${parameters}$${SALT}$${KEY}`))).toBe(false);
  }
});

test.each([
  ['', 'is not of the form'],
  ['hunter2', 'is not of the form'],
  [`$scrypt$ln=15,r=8,p=1$${SALT}`, 'is not of the form'],
  [`$scrypt$ln=15,r=8,p=1$${SALT}$${KEY}\n`, 'is not of the form'],
  [`$scrypt$r=8,ln=15,p=1$${SALT}$${KEY}`, 'is not of the form'],
  [`$scrypt$ln=-1,r=8,p=1$${SALT}$${KEY}`, 'is not of the form'],
  [`$scrypt$ln=1e1,r=8,p=1$${SALT}$${KEY}`, 'is not of the form'],
  [`$argon2id$v=19$m=65536,t=3,p=4$${SALT}$${KEY}`, 'is not of the form'],
  [`$scrypt$ln=9,r=8,p=1$${SALT}$${KEY}`, 'has ln=9, which must be from 10 to 20'],
  [`$scrypt$ln=21,r=8,p=1$${SALT}$${KEY}`, 'has ln=21, which must be from 10 to 20'],
  [`$scrypt$ln=15,r=0,p=1$${SALT}$${KEY}`, 'has r=0, which must be from 1 to 32'],
  [`$scrypt$ln=15,r=33,p=1$${SALT}$${KEY}`, 'has r=33, which must be from 1 to 32'],
  [`$scrypt$ln=15,r=8,p=0$${SALT}$${KEY}`, 'has p=0, which must be from 1 to 16'],
  [`$scrypt$ln=15,r=8,p=17$${SALT}$${KEY}`, 'has p=17, which must be from 1 to 16'],
  [`$scrypt$ln=16,r=1,p=1$${SALT}$${KEY}`, 'has ln=16, which needs a larger r'],
  [`$scrypt$ln=20,r=8,p=1$${SALT}$${KEY}`, 'takes more memory than 256 MiB'],
  [`$scrypt$ln=17,r=32,p=1$${SALT}$${KEY}`, 'takes more memory than 256 MiB'],
  [`$scrypt$ln=15,r=8,p=1$c2FsdA$${KEY}`, 'has a salt that is not 8 to 64 bytes long'],
  [`$scrypt$ln=15,r=8,p=1$${SALT}$AAAA`, 'has a key that is not 16 to 64 bytes long'],
  [`$scrypt$ln=15,r=8,p=1$${SALT}$${'A'.repeat(88)}`, 'has a key that is not 16 to 64 bytes long'],
  [`$scrypt$ln=15,r=8,p=1$${SALT}B$${KEY}`, 'has a salt that is not base64 without padding'],
])('%j is refused', (text, problem) => {
  const parse = (): unknown => parseSecretHash(text);
  expect(parse).toThrow(BrokerError);
  expect(parse).toThrow(`the hash of the secret ${problem}`);
  expect(parse).not.toThrow('hunter2');
});

test.each(['\0', '\0\0'])('zero bytes after the secret are not the secret', async (zeros) => {
  const hash = parseSecretHash(cheapHashOf('hunter2'));
  expect(await verifySecret('hunter2', hash)).toBe(true);
  expect(await verifySecret(`hunter2${zeros}`, hash)).toBe(false);
});

test('what is refused is refused as such, whatever it is', () => {
  const almost = fc
    .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.base64String({ maxLength: 100 }), fc.base64String({ maxLength: 100 }))
    .map(([ln, r, p, salt, key]) => `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${key}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), almost), (text) => {
      try {
        expect(parseSecretHash(text).text).toBe(text);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BrokerError', reason: 'ARGUMENT_INVALID' });
      }
    }),
    { numRuns: 2000 },
  );
});
