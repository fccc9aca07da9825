import { parseClientList } from '../../../src/auth/client-list.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

const HASH = cheapHashOf('first');

/** Ids with their secrets. */
function secretsOf(list: string): readonly (readonly [string, string])[] {
  const { clients, problems } = parseClientList(list);
  expect(problems).toEqual([]);
  return clients.map(({ id, secret }) => [id, secret?.kind === 'hash' ? secret.hash.text : (secret?.text ?? '')]);
}

test.each([
  ['one:first', [['one', 'first']]],
  [
    'one:first,two:second',
    [
      ['one', 'first'],
      ['two', 'second'],
    ],
  ],
  ['one:a:b:c', [['one', 'a:b:c']]],
  [
    ' one:first ,\n two:$second',
    [
      ['one', 'first '],
      ['two', '$second'],
    ],
  ],
  [
    `one:${HASH},two:second`,
    [
      ['one', HASH],
      ['two', 'second'],
    ],
  ],
  [
    `two:second,one:${HASH}`,
    [
      ['two', 'second'],
      ['one', HASH],
    ],
  ],
  [
    `one:${HASH},two:${HASH}`,
    [
      ['one', HASH],
      ['two', HASH],
    ],
  ],
  [`one:x${HASH}`.split(',')[0] ?? '', [['one', 'x$scrypt$ln=10']]],
])('%j is read', (list, clients) => {
  expect(secretsOf(list)).toEqual(clients);
});

test('clients of a list may do everything', () => {
  expect(parseClientList('one:first').clients[0]?.rules).toBeUndefined();
});

test.each([
  ['', 'is not of the form id:secret'],
  ['one', 'is not of the form id:secret'],
  [':hunter2', 'the id must not be empty'],
  ['one:', 'the secret must not be empty'],
  ['one\u0001:hunter2', 'the id must not hold control characters or broken Unicode'],
  ['one:hunter2\n', 'the secret must not hold control characters or broken Unicode'],
  [`${'ü'.repeat(65)}:hunter2`, 'the id must not be longer than 128 bytes'],
  [`one:${'hunter2'.repeat(147)}`, 'the secret must not be longer than 1024 bytes'],
  ['one:$scrypt$hunter2', 'the hash of the secret is not of the form $scrypt$ln=15,r=8,p=1$<salt>$<key>'],
])('%j is refused', (list, problem) => {
  const { clients, problems } = parseClientList(list);
  expect(clients).toEqual([]);
  expect(problems).toEqual([{ path: 'entry 1 of the list', message: problem }]);
});

test('problems are found in every entry, behind a broken hash too', () => {
  const { clients, problems } = parseClientList(`one:$scrypt$ln=99,r=8,p=1$hunter2$hunter2,two,three:${HASH},`);
  expect(clients.map(({ id }) => id)).toEqual(['three']);
  expect(problems.map(({ path }) => path)).toEqual([1, 2, 4].map((entry) => `entry ${entry} of the list`));
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});
