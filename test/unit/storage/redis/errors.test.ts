import { ErrorReply } from '@redis/client';
import { BrokerError } from '../../../../src/core/errors.js';
import { redisError, withUnknownOutcome } from '../../../../src/storage/redis/errors.js';

const reply = (message: string) => redisError(new ErrorReply(message));

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'STORAGE_FULL'],
  ['MISCONF Errors writing to the AOF file: No space left on device', 'STORAGE_FULL'],
  ['MISCONF Redis is configured to save RDB snapshots, but unable to persist to disk.', 'STORAGE_UNAVAILABLE'],
  ['LOADING Redis is loading the dataset in memory', 'STORAGE_UNAVAILABLE'],
  ["READONLY You can't write against a read only replica.", 'STORAGE_UNAVAILABLE'],
  ['CLUSTERDOWN Hash slot not served', 'STORAGE_UNAVAILABLE'],
  ['MASTERDOWN Link with MASTER is down', 'STORAGE_UNAVAILABLE'],
  ['NOREPLICAS Not enough good replicas to write.', 'STORAGE_UNAVAILABLE'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'STORAGE_MISCONFIGURED'],
  ['NOAUTH Authentication required.', 'STORAGE_MISCONFIGURED'],
  ['ERR DB index is out of range', 'STORAGE_MISCONFIGURED'],
  ['ERR something new', 'INTERNAL'],
])('translates %j to %s', (message, reason) => {
  expect(reply(message)).toMatchObject({ reason });
});

test('takes whatever is not an answer for a lost connection', () => {
  const error = redisError(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }));
  expect(error).toMatchObject({ reason: 'STORAGE_UNAVAILABLE', message: 'redis cannot be reached' });
  expect(error.retryAfterMs).toBeGreaterThan(0);
});

test('passes errors of the broker through, also when their outcome is not known', () => {
  const full = reply('OOM x');
  expect(redisError(full)).toBe(full);
  const unknown = withUnknownOutcome(full);
  expect(unknown).toBeInstanceOf(BrokerError);
  expect(unknown).toMatchObject({ reason: 'STORAGE_FULL', fields: { outcome: 'unknown' } });
});
