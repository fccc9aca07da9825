import { readFile } from 'node:fs/promises';
import { BrokerError } from '../core/errors.js';
import type { ClientDefinition, ClientProblem } from './client-definition.js';
import { parseClientList } from './client-list.js';
import { parseClientsFile } from './clients-file.js';

export interface ClientsSource {
  /** `id:secret,id:secret`, or undefined. */
  readonly list: string | undefined;
  /** Path of a file of clients, or undefined. */
  readonly file: string | undefined;
}

/** The bytes of the file, or undefined where there is none. @throws BrokerError ARGUMENT_INVALID when it cannot be read */
export async function readClientsFile({ file }: ClientsSource): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new BrokerError('ARGUMENT_INVALID', `the file of clients ${file} cannot be read: ${code}`, { cause: error });
  }
}

export interface ConfiguredClients {
  readonly clients: readonly ClientDefinition[];
  /** Ids of those whose secret stands in clear in the file. */
  readonly clearInFile: readonly string[];
}

/**
 * The clients of the list and of the file together.
 *
 * @param content of the file
 * @throws BrokerError ARGUMENT_INVALID with every problem, one per line; no problem holds a secret
 */
export function parseClients({ list, file }: ClientsSource, content: Buffer | undefined): ConfiguredClients {
  const listed = list === undefined ? NOTHING : parseClientList(list);
  const filed = content === undefined ? NOTHING : parseClientsFile(content.toString('utf8'));
  const clients = [...listed.clients, ...filed.clients];
  const problems = [
    ...listed.problems.map(lineOf),
    ...filed.problems.map((problem) => `${file ?? ''}: ${lineOf(problem)}`),
    ...duplicatesIn(clients),
  ];
  if (problems.length > 0) {
    throw new BrokerError('ARGUMENT_INVALID', `the clients are not valid:\n  ${problems.join('\n  ')}`);
  }
  const clear = filed.clients.filter(({ secret }) => secret?.kind === 'clear');
  return { clients, clearInFile: clear.map(({ id }) => id) };
}

const NOTHING = { clients: [], problems: [] } as const;

function lineOf({ path, message }: ClientProblem): string {
  return `${path}: ${message}`;
}

function duplicatesIn(clients: readonly ClientDefinition[]): readonly string[] {
  const ids = repeated(clients.map(({ id }) => id)).map((id) => `the client "${id}" is there more than once`);
  const names = repeated(clients.flatMap(({ certificates }) => [...new Set(certificates)]));
  return [...ids, ...names.map((name) => `the certificate "${name}" belongs to more than one client`)];
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
