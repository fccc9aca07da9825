import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { parseDocument } from 'yaml';
import { createClientConfig, type ClientConfig } from './client-config.js';
import { clientSchema } from './client-schema.js';
import { ConfigError } from './config-error.js';
import { createConfig, type Config } from './config.js';
import { optionsOf } from './option.js';
import { resolve, type ConfigSources, type Resolved } from './resolve.js';
import { serverSchema, type ServerSettings } from './server-schema.js';

export interface LoadOptions {
  /** Values of flags by option path: `{ 'grpc.address': '0.0.0.0:50043' }`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The file that `--config` names; without it `WAYBILL_CONFIG` may name one. */
  readonly configFile?: string;
  /** By default that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly readFile?: (path: string) => string;
}

/** Names the configuration file where no flag can. */
export const CONFIG_FILE_VARIABLE = 'WAYBILL_CONFIG';

/**
 * The server's configuration from flags, environment, file and defaults.
 *
 * @throws ConfigError with every problem found
 */
export function loadConfig(options: LoadOptions = {}): Config {
  return createConfig(loadServerSettings(options).settings);
}

/** As {@link loadConfig}, but as settings and with where they came from, for showing them. */
export function loadServerSettings(options: LoadOptions): Resolved<ServerSettings> {
  return load(serverSchema, clientSchema, options);
}

/** The configuration of a command that talks to a server. The file is the server's and is not read. */
export function loadClientConfig(options: Omit<LoadOptions, 'configFile'> = {}): ClientConfig {
  const environment = { ...(options.environment ?? process.env), [CONFIG_FILE_VARIABLE]: undefined };
  return createClientConfig(load(clientSchema, serverSchema, { ...options, environment }).settings);
}

function load<T extends z.ZodObject>(schema: T, other: z.ZodObject, options: LoadOptions): Resolved<z.output<T>> {
  const environment = options.environment ?? process.env;
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const configFile = options.configFile ?? environment[CONFIG_FILE_VARIABLE];
  const sources: ConfigSources = {
    flags: options.flags ?? {},
    environment,
    readFile,
    // One shell often holds the variables of servers and of clients.
    foreignVariables: new Set([
      CONFIG_FILE_VARIABLE,
      ...optionsOf(other).flatMap(({ variable, secret }) =>
        secret === true ? [variable, `${variable}_FILE`] : [variable],
      ),
    ]),
  };
  if (!configFile) return resolve(schema, sources);
  return resolve(schema, { ...sources, file: { name: configFile, content: readYaml(configFile, readFile) } });
}

function readYaml(name: string, readFile: (path: string) => string): unknown {
  let source: string;
  try {
    source = readFile(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ path: name, message: `cannot be read: ${reason}` }]);
  }
  const document = parseDocument(source);
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(({ message }) => ({ path: name, message: message.split('\n', 1)[0] ?? '' })),
    );
  }
  return document.toJS();
}
