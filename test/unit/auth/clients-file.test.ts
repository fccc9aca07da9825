import { parseClientsFile } from '../../../src/auth/clients-file.js';
import { VERBS } from '../../../src/auth/access.js';
import { cheapHashOf } from '../../support/secret-hashes.js';

/** What is wrong, one line per problem. */
function problemsOf(source: string): readonly string[] {
  return parseClientsFile(source).problems.map(({ path, message }) => `${path}: ${message}`);
}

test('clients have a hashed or a clear secret, certificates and rules', () => {
  const hash = cheapHashOf('first');
  const { clients, problems } = parseClientsFile(`
clients:
  - id: one
    secretHash: ${hash}
    allow:
      - verbs: [publish, '*']
        subjects: [a.*, b]
        streams: ['>', 100%25]
      - verbs: [fetch]
  - id: "2"
    secret: "s: 1"
    certificate: two.example
    allow: []
  - id: three
    certificate: [a, b]
`);
  expect(problems).toEqual([]);
  expect(clients).toEqual([
    {
      id: 'one',
      secret: { kind: 'hash', hash: expect.objectContaining({ text: hash }) },
      certificates: [],
      rules: expect.any(Array),
    },
    { id: '2', secret: { kind: 'clear', text: 's: 1' }, certificates: ['two.example'], rules: [] },
    { id: 'three', secret: undefined, certificates: ['a', 'b'], rules: undefined },
  ]);
  const [first, second] = clients[0]?.rules ?? [];
  expect(first?.verbs).toEqual(new Set(['publish', '*']));
  expect(first?.patterns?.map(({ text }) => text)).toEqual(['a.*', 'b', '$streams.>', '$streams.100%25']);
  expect(second?.patterns).toBeUndefined();
});

test('a client may have limits of its own, and wrong ones are problems', () => {
  const { clients, problems } = parseClientsFile(`
clients:
  - { id: one, secret: s, limits: { messagesPerSecond: 10 } }
  - { id: two, secret: s, limits: { messagesPerSecond: 0, bytesPerSecond: 1048576 } }
  - { id: three, secret: s }
`);
  expect(problems).toEqual([]);
  expect(clients.map(({ rates }) => rates)).toEqual([
    { messagesPerSecond: 10 },
    { messagesPerSecond: 0, bytesPerSecond: 1_048_576 },
    undefined,
  ]);
  expect(
    problemsOf(`
clients:
  - { id: one, secret: s, limits: { messagesPerSecond: -1, bytesPerSecond: 1.5 } }
  - { id: two, secret: s, limits: { messagePerSecond: 10 } }
  - { id: three, secret: s, limits: 10 }
`),
  ).toEqual([
    'clients[0].limits.messagesPerSecond: must not be negative; 0 is without limit',
    'clients[0].limits.bytesPerSecond: must be a whole number; 0 is without limit',
    'clients[1].limits: has an unknown key; there are messagesPerSecond and bytesPerSecond',
    'clients[2].limits: must be a mapping of messagesPerSecond and bytesPerSecond',
  ]);
});

test('all problems are found together, with their paths and without secrets', () => {
  const problems = problemsOf(`
clients:
  - id: "a:b"
    secret: ""
  - id: 5
    secretHash: hunter2
    allow:
  - id: x
    certificate: [a, 5, '']
    allow: [{verbs: [publish, hunter2], subjects: ['a>.b', 7, $sys], streams: ['50%']}, {verbs: []}, hunter2]
  - id: y
    hunter2: 1
  - {id: z, secret: hunter2, secretHash: $scrypt$hunter2}
  - hunter2
  - {id: w, secret: 22, certificate: {hunter2: 1}}
  - {id: "${'i'.repeat(129)}", secret: "${'hunter2'.repeat(147)}"}
  - {id: "tab\\t", secret: "hunter2\\n"}
`);
  expect(problems).toEqual([
    'clients[0].id: must not hold a colon',
    'clients[0].secret: must not be empty',
    'clients[1].id: must be a text; put it in quotes',
    'clients[1].secretHash: the hash of the secret is not of the form $scrypt$ln=15,r=8,p=1$<salt>$<key>',
    'clients[1].allow: must be a list of rules; [] allows nothing',
    'clients[2].certificate[1]: must be a text; put it in quotes',
    'clients[2].certificate[2]: must not be empty',
    `clients[2].allow[0].verbs[1]: is none of *, ${VERBS.join(', ')}`,
    'clients[2].allow[0].subjects[0]: ">" may stand only at the end of a pattern: "a>.b"',
    'clients[2].allow[0].subjects[1]: must be a text; put it in quotes',
    'clients[2].allow[0].subjects[2]: subjects that begin with "$" are reserved',
    'clients[2].allow[0].streams[0]: a % in the name of a stream is written %25',
    'clients[2].allow[1].verbs: must name at least one verb',
    'clients[2].allow[2]: must be a mapping of verbs, subjects and streams',
    expect.stringMatching(/^clients\[3\]: has an unknown key; there are id, /),
    'clients[3]: needs a secretHash, a secret or a certificate',
    expect.stringMatching(/^clients\[4\].secretHash: the hash of the secret is not of the form/),
    expect.stringMatching(/^clients\[5\]: must be a mapping of id, /),
    'clients[6].secret: must be a text; put it in quotes',
    'clients[6].certificate: must be a name or a list of names',
    'clients[7].id: must not be longer than 128 bytes',
    'clients[7].secret: must not be longer than 1024 bytes',
    'clients[8].id: must not hold control characters or broken Unicode',
    'clients[8].secret: must not hold control characters or broken Unicode',
  ]);
  expect(problems.join('\n')).not.toContain('hunter2');
});

test('a client has one kind of secret', () => {
  const source = `clients: [{id: one, secret: s, secretHash: "${cheapHashOf('s')}"}]`;
  expect(problemsOf(source)).toEqual(['clients[0]: has both secretHash and secret']);
});

test.each([
  ['', 'file: must be a mapping of clients'],
  ['hunter2', 'file: must be a mapping of clients'],
  ['[]', 'file: must be a mapping of clients'],
  ['clients:', 'clients: must be a list of clients'],
  ['clients: {}', 'clients: must be a list of clients'],
  ['{clients: [], hunter2: 1}', 'file: has an unknown key; there are clients'],
  ['clients: []\nclients: []', 'line 2, column 1: is not valid YAML: duplicate key'],
  ['clients: [{id: one, secret: "hunter2]', /^line \d+, column \d+: is not valid YAML: /],
  ['clients: [*hunter2]', 'file: holds aliases that are unknown or too many'],
  ['clients: []\n---\nhunter2: 1', /^line \d+, column \d+: is not valid YAML: /],
])('%j is not a file of clients', (source, problem) => {
  const [first] = problemsOf(source);
  expect(first).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  expect(problemsOf(source).join('\n')).not.toContain('hunter2');
});

test('a file that repeats itself without end is refused', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `x${i + 1}: &x${i + 1} [${`*x${i}, `.repeat(9)}]`);
  expect(problemsOf(['x0: &x0 [a]', ...levels].join('\n'))).toEqual([
    'file: holds aliases that are unknown or too many',
  ]);
});
