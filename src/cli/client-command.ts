import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CompatClient } from '../client/compat-client.js';
import { connectCompat } from '../client/connect.js';
import { connect, type ConnectOptions, type EventBusConnectOptions, type WaybillClient } from '../client/index.js';
import { formatAddress } from '../config/address.js';
import { clientSchema } from '../config/client-schema.js';
import type { ClientTlsFiles } from '../config/client-config.js';
import { loadClientConfig } from '../config/load.js';
import { optionsOf } from '../config/option.js';
import { durationMs } from './arguments.js';
import { ConfigFlags } from './config-flags.js';
import { UsageError } from './exit-code.js';
import { Output } from './output.js';
import type { Terminal } from './terminal.js';

/** What a command that talks to a server works with. */
export interface ClientContext {
  readonly client: WaybillClient;
  /** Another client with the same settings and a connection of its own. */
  readonly openClient: () => WaybillClient;
  /** The same for the original contract. */
  readonly openCompatClient: () => CompatClient;
  /** How the clients connect, for those of another protocol. */
  readonly connection: Pick<EventBusConnectOptions, 'tls' | 'credentials'>;
  readonly output: Output;
  readonly terminal: Terminal;
  /** Aborted by the user (Ctrl+C), by the system, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

export interface CommonFlags {
  readonly json?: true;
  readonly timeout?: number;
}

/** A command with the flags of the connection, `--json` and `--timeout`. */
export function clientCommand(
  name: string,
  description: string,
  { defaultTimeout = '30s' }: { readonly defaultTimeout?: string } = {},
): { command: Command; flags: ConfigFlags } {
  const command = new Command(name).description(description);
  const flags = new ConfigFlags(command, optionsOf(clientSchema), 'Connection:');
  command
    .option('--json', 'write one JSON object per line')
    .option('--timeout <duration>', `how long a call may take (default: ${defaultTimeout})`, durationMs);
  return { command, flags };
}

/** Connects, runs `action` and closes, whatever happens. */
export async function withClient(
  terminal: Terminal,
  configFlags: ConfigFlags,
  flags: Readonly<Record<string, unknown>> & CommonFlags,
  action: (context: ClientContext) => Promise<void>,
): Promise<void> {
  const config = loadClientConfig({ flags: configFlags.given(flags) });
  const output = new Output(terminal, flags.json === true);
  const interrupted = new AbortController();
  const stopListening = terminal.onInterrupt(() => interrupted.abort());
  const opened: (WaybillClient | CompatClient)[] = [];
  const tls = config.tls === undefined ? {} : { tls: readTlsFiles(config.tls) };
  const credentials = config.credentials === undefined ? {} : { credentials: config.credentials };
  const open = <Client extends WaybillClient | CompatClient>(openWith: (options: ConnectOptions) => Client): Client => {
    const client = openWith({
      address: formatAddress(config.address),
      ownConnection: opened.length > 0,
      ...tls,
      ...credentials,
      ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
    });
    opened.push(client);
    return client;
  };
  const openClient = (): WaybillClient => open(connect);
  try {
    const signal = AbortSignal.any([interrupted.signal, output.readerGone]);
    // Every call that is under way listens.
    setMaxListeners(0, signal);
    await action({
      client: openClient(),
      openClient,
      openCompatClient: () => open(connectCompat),
      connection: { ...tls, ...credentials },
      output,
      terminal,
      signal,
    });
  } finally {
    stopListening();
    for (const client of opened) client.close();
  }
}

function readTlsFiles({ caFile, identity }: ClientTlsFiles) {
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(identity === undefined ? {} : { cert: read(identity.certFile), key: read(identity.keyFile) }),
  };
}
