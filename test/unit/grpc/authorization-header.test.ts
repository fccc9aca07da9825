import { parseAuthorization } from '../../../src/grpc/authorization-header.js';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

describe('the authorization header', () => {
  test.each([
    ['Basic', `Basic ${base64('shop:s3cret')}`],
    ['a scheme in lower case', `basic ${base64('shop:s3cret')}`],
    ['several blanks', `Basic   ${base64('shop:s3cret')}`],
    ['Basic without padding', `Basic ${base64('shop:s3cret').replace(/=+$/, '')}`],
    ['a bearer token in base64', `Bearer ${base64('shop:s3cret')}`],
    ['a bearer token in base64url', `Bearer ${Buffer.from('shop:s3cret').toString('base64url')}`],
    ['a bearer token in clear', 'Bearer shop:s3cret'],
  ])('is read as %s', (_form, header) => {
    expect(parseAuthorization([header])).toEqual({ clientId: 'shop', secret: 's3cret' });
  });

  test.each([
    [`Basic ${base64('shop:a:b')}`, 'a:b'],
    [`Basic ${base64('shop:')}`, ''],
    [`Basic ${base64('shop:ключ>?~')}`, 'ключ>?~'],
    [`Bearer ${Buffer.from('shop:ключ>?~').toString('base64url')}`, 'ключ>?~'],
    ['Bearer shop:with blank==', 'with blank=='],
  ])('keeps the whole secret of %s', (header, secret) => {
    expect(parseAuthorization([header])).toEqual({ clientId: 'shop', secret });
  });

  test.each<[string, readonly (string | Buffer)[]]>([
    ['no value', []],
    ['two values', [`Basic ${base64('a:b')}`, `Basic ${base64('a:b')}`]],
    ['bytes', [Buffer.from('Basic x')]],
    ['an empty value', ['']],
    ['no scheme', [base64('a:b')]],
    ['another scheme', [`Digest ${base64('a:b')}`]],
    ['a scheme alone', ['Basic ']],
    ['base64 in clear', ['Basic a:b']],
    ['characters that are not base64', [`Basic ${base64('a:b')}!`]],
    ['base64url where it must be base64', [`Basic ${Buffer.from('a:>>>???').toString('base64url')}`]],
    ['bits after the end', ['Basic YTpiYh==']],
    ['too much padding', [`Basic ${base64('a:bb')}===`]],
    ['no colon', [`Basic ${base64('shop')}`]],
    ['no id', [`Basic ${base64(':secret')}`]],
    ['a bearer token without an id', ['Bearer :secret']],
    ['bytes that are not UTF-8', [`Basic ${base64(Buffer.from([0x61, 0x3a, 0xff]))}`]],
    ['more than 4 KiB', [`Bearer a:${'x'.repeat(4096)}`]],
    ['a long run of padding', [`Basic ${'='.repeat(4000)}x`]],
  ])('is refused with %s', (_what, values) => {
    expect(() => parseAuthorization(values)).toThrow(
      expect.objectContaining({
        reason: 'CREDENTIALS_INVALID',
        message: 'the authorization header is not understood',
      }) as Error,
    );
  });
});
