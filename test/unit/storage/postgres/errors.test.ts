import { BrokerError } from '../../../../src/core/errors.js';
import { isRefusal, translate } from '../../../../src/storage/postgres/errors.js';

const withCode = (code: string, message = 'INSERT INTO secret'): Error => Object.assign(new Error(message), { code });

describe('errors of PostgreSQL', () => {
  test.each([
    ['53100', 'STORAGE_FULL'],
    ['53300', 'STORAGE_UNAVAILABLE'],
    ['57P01', 'STORAGE_UNAVAILABLE'],
    ['08006', 'STORAGE_UNAVAILABLE'],
    ['57014', 'STORAGE_UNAVAILABLE'],
    ['40P01', 'STORAGE_UNAVAILABLE'],
    ['25006', 'STORAGE_UNAVAILABLE'],
    ['28P01', 'STORAGE_UNAVAILABLE'],
    ['ECONNREFUSED', 'STORAGE_UNAVAILABLE'],
    ['EPIPE', 'STORAGE_UNAVAILABLE'],
    ['ENOTFOUND', 'STORAGE_UNAVAILABLE'],
    ['XX001', 'DATA_LOSS'],
    ['22000', 'INTERNAL'],
  ])('%s is %s while running', (code, reason) => {
    const error = translate(withCode(code));
    expect(error.reason).toBe(reason);
    expect(error.message).not.toContain('secret');
    if (reason.startsWith('STORAGE')) expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  test.each(['28P01', '28000', '3D000', '42501', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    '%s will not change by itself at the start',
    (code) => {
      expect(translate(withCode(code), 'opening').reason).toBe('STORAGE_MISCONFIGURED');
    },
  );

  test('are found behind others', () => {
    const refused = new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]);
    expect(translate(new Error('outer', { cause: refused })).reason).toBe('STORAGE_UNAVAILABLE');
    const circular = new Error('circular');
    circular.cause = circular;
    expect(translate(circular).reason).toBe('INTERNAL');
  });

  test.each(['Connection terminated unexpectedly', 'Query read timeout', 'timeout exceeded when trying to connect'])(
    'without a code are known by their words: %s',
    (message) => {
      expect(translate(new Error(message)).reason).toBe('STORAGE_UNAVAILABLE');
    },
  );

  test('of the broker pass as they are', () => {
    const error = new BrokerError('SUBJECT_NOT_FOUND', 'no');
    expect(translate(error)).toBe(error);
  });

  test.each([
    ['23505', true],
    ['57014', true],
    ['53100', true],
    ['57P01', false],
    ['08006', false],
    ['EPIPE', false],
    ['ECONNRESET', false],
  ])('%s says that nothing was written: %s', (code, refusal) => {
    expect(isRefusal(withCode(code))).toBe(refusal);
  });
});
