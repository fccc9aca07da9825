import { errors } from 'cassandra-driver';
import { storageError, wasNotWritten } from '../../../../src/storage/cassandra/errors.js';

const answer = (code: number): errors.ResponseError => new errors.ResponseError(code, 'internal words');

const noHost = (...inner: Error[]): errors.NoHostAvailableError =>
  new errors.NoHostAvailableError(Object.fromEntries(inner.map((error, index) => [`node${index}`, error])));

const CASES: readonly (readonly [Error, string, string | undefined])[] = [
  [answer(0x0100), 'STORAGE_MISCONFIGURED', undefined],
  [answer(0x1000), 'STORAGE_UNAVAILABLE', 'not_written'],
  [answer(0x1001), 'STORAGE_UNAVAILABLE', 'not_written'],
  [answer(0x1100), 'STORAGE_UNAVAILABLE', 'unknown'],
  [answer(0x1200), 'STORAGE_UNAVAILABLE', 'unknown'],
  [answer(0x1700), 'STORAGE_UNAVAILABLE', 'unknown'],
  [answer(0x2100), 'STORAGE_MISCONFIGURED', undefined],
  [answer(0x2200), 'INTERNAL', undefined],
  [answer(0x2300), 'STORAGE_MISCONFIGURED', undefined],
  [new errors.OperationTimedOutError('internal words'), 'STORAGE_UNAVAILABLE', 'unknown'],
  [noHost(Object.assign(new Error('internal words'), { code: 'ECONNREFUSED' })), 'STORAGE_UNAVAILABLE', 'not_written'],
  [noHost(new Error('x'), new errors.AuthenticationError('internal words')), 'STORAGE_MISCONFIGURED', undefined],
  [noHost(noHost(new errors.ArgumentError('localDataCenter: internal words'))), 'STORAGE_MISCONFIGURED', undefined],
  // As the client library says it.
  [new Error('No connection available'), 'STORAGE_UNAVAILABLE', 'not_written'],
  [new TypeError('internal words'), 'INTERNAL', undefined],
];

test.each(CASES)('%s is %s, outcome %s', (error, reason, outcome) => {
  const translated = storageError(error);
  expect(translated).toMatchObject({ reason, fields: outcome === undefined ? {} : { outcome } });
  expect(translated.message).not.toContain('internal words');
  expect(wasNotWritten(translated)).toBe(outcome === 'not_written');
  expect(storageError(translated)).toBe(translated);
});
