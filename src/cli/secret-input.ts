import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from './exit-code.js';
import type { Terminal } from './terminal.js';

/**
 * A secret from the user, who is asked twice and sees nothing of what is typed, or the first line of what is piped in.
 * It is never an argument, because other users of the machine see those.
 */
export async function readSecret(terminal: Terminal): Promise<string> {
  const asking = terminal.input.isTTY === true;
  // Switches the echo of the terminal off, and writes into nowhere what it would show instead.
  const reader = createInterface(
    asking ? { input: terminal.input, output: nowhere(), terminal: true, historySize: 0 } : { input: terminal.input },
  );
  const lines = reader[Symbol.asyncIterator]();
  try {
    if (!asking) return await nextOf(lines);
    const secret = await ask(terminal, lines, 'Secret: ');
    if ((await ask(terminal, lines, 'The same again: ')) !== secret) throw new UsageError('the two secrets differ');
    return secret;
  } finally {
    reader.close();
  }
}

type Lines = ReturnType<Interface[typeof Symbol.asyncIterator]>;

async function ask({ notices }: Terminal, lines: Lines, question: string): Promise<string> {
  notices.write(question);
  try {
    return await nextOf(lines);
  } finally {
    notices.write('\n');
  }
}

async function nextOf(lines: Lines): Promise<string> {
  const { done, value } = await lines.next();
  if (done === true) throw new UsageError('no secret was given');
  return value;
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
