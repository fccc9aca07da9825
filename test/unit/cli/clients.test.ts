import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSecretHash, verifySecret } from '../../../src/auth/secret-hash.js';
import { runProgram } from '../../../src/cli/program.js';
import { TestTerminal } from '../../support/test-terminal.js';

async function run(argv: readonly string[], terminal: TestTerminal): Promise<number> {
  const serve = async (): Promise<number> => 0;
  return runProgram(argv, { serve, terminal });
}

async function isHashOf(secret: string, line: string): Promise<boolean> {
  return verifySecret(secret, parseSecretHash(line.replace(/\n$/, '')));
}

describe('waybill clients hash', () => {
  test.each(['hunter2', 'hunter2\n', 'hunter2\r\nmore\n'])('hashes the first line of %j', async (input) => {
    const terminal = new TestTerminal(input);
    expect(await run(['clients', 'hash'], terminal)).toBe(0);
    expect(await isHashOf('hunter2', terminal.outputText)).toBe(true);
    expect(terminal.noticesText).toBe('');
  });

  test('asks twice on a terminal and shows nothing of the answers', async () => {
    const terminal = new TestTerminal();
    const running = run(['clients', 'hash'], terminal);
    terminal.input.push('hunter2\r');
    terminal.input.push('hunter2\r');
    expect(await running).toBe(0);
    expect(terminal.noticesText).toBe('Secret: \nThe same again: \n');
    expect(await isHashOf('hunter2', terminal.outputText)).toBe(true);
  });

  test.each([
    ['two answers that differ', 'hunter2\rhunter3\r', 'waybill: the two secrets differ\n'],
    ['an answer that is cut off by ^D', 'hunter2\r\u0004', 'waybill: no secret was given\n'],
    ['^C', 'hunter2\u0003', 'waybill: no secret was given\n'],
  ])('refuses %s', async (_, typed, message) => {
    const terminal = new TestTerminal();
    const running = run(['clients', 'hash'], terminal);
    terminal.input.push(typed);
    expect(await running).toBe(2);
    expect(terminal.noticesText).toContain(message);
    expect(terminal.outputText).toBe('');
  });

  test.each([
    ['nothing', '', 'no secret was given'],
    ['an empty line', '\n', 'the secret must not be empty'],
    ['1,025 bytes', 'x'.repeat(1025), 'the secret must not be longer than 1024 bytes'],
    ['a tab', 'a\tb', 'the secret must not hold control characters'],
  ])('refuses %s from standard input', async (_, input, message) => {
    const terminal = new TestTerminal(input);
    expect(await run(['clients', 'hash'], terminal)).toBe(2);
    expect(terminal.noticesText).toContain(message);
  });

  test('takes no secret as an argument', async () => {
    const terminal = new TestTerminal('x');
    expect(await run(['clients', 'hash', 'hunter2'], terminal)).toBe(2);
    expect(terminal.noticesText).toContain("too many arguments for 'hash'");
    expect(terminal.noticesText + terminal.outputText).not.toContain('hunter2');
  });
});

describe('waybill clients check', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-check-'));
    file = join(folder, 'clients.yaml');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('counts the clients of a good file and tells which secrets are in clear', async () => {
    writeFileSync(
      file,
      'clients: [{id: one, secret: hunter2}, {id: two, certificate: a}, {id: three, secret: hunter2}]',
    );
    const terminal = new TestTerminal('');
    expect(await run(['clients', 'check', file], terminal)).toBe(0);
    expect(terminal.outputText).toBe(`${file}: 3 clients\n`);
    expect(terminal.noticesText).toBe('secrets stand in clear: one, three\n');
  });

  test('fails with everything that is wrong', async () => {
    writeFileSync(file, 'clients: [{id: one, secret: hunter2}, {id: one, certificate: a}, {id: two, secret: 5}]');
    const terminal = new TestTerminal('');
    expect(await run(['clients', 'check', file], terminal)).toBe(1);
    expect(terminal.noticesText).toBe(
      [
        'waybill: the clients are not valid:',
        `  ${file}: clients[2].secret: must be a text; put it in quotes`,
        '  the client "one" is there more than once',
        '',
      ].join('\n'),
    );
  });

  test('fails when there is no such file', async () => {
    const terminal = new TestTerminal('');
    expect(await run(['clients', 'check', file], terminal)).toBe(1);
    expect(terminal.noticesText).toBe(`waybill: the file of clients ${file} cannot be read: ENOENT\n`);
  });
});
