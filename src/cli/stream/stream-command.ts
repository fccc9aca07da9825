import { type Command, InvalidArgumentError } from 'commander';
import { EventBusClient } from '../../client/index.js';
import { formatAddress, parseAddress } from '../../config/address.js';
import { type ClientContext, clientCommand, type CommonFlags, withClient } from '../client-command.js';
import type { Output } from '../output.js';
import type { Terminal } from '../terminal.js';
import { GrpcTransport } from './grpc-transport.js';
import type { StreamTransport } from './stream-transport.js';
import { TcpTransport } from './tcp-transport.js';

/** What a command about streams works with. */
export interface StreamContext {
  readonly transport: StreamTransport;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs the action of a command with the flags that were given. */
export type WithTransport = (
  flags: Readonly<Record<string, unknown>>,
  action: (context: StreamContext) => Promise<void>,
) => Promise<void>;

/** A command about streams, by gRPC or with `--tcp`. */
export function streamCommand(
  terminal: Terminal,
  name: string,
  description: string,
): { command: Command; withTransport: WithTransport } {
  const { command, flags: configFlags } = clientCommand(name, description);
  command.option('--tcp <host:port>', 'use the TCP event bus at this address instead of gRPC', tcpAddress);
  const withTransport: WithTransport = (flags, action) =>
    withClient(terminal, configFlags, flags, (context) => {
      const { output, signal } = context;
      const { tcp } = flags;
      if (typeof tcp === 'string') return withTcp(context, flags, tcp, action);
      return action({ transport: new GrpcTransport(context.client.streams, signal), output, signal });
    });
  return { command, withTransport };
}

async function withTcp(
  { connection, output, signal }: ClientContext,
  { timeout }: CommonFlags,
  address: string,
  action: (context: StreamContext) => Promise<void>,
): Promise<void> {
  const client = await EventBusClient.connect({
    address,
    ...connection,
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
  });
  const close = (): void => client.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await action({ transport: new TcpTransport(client), output, signal });
  } finally {
    signal.removeEventListener('abort', close);
    client.close();
  }
}

function tcpAddress(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw new InvalidArgumentError('Not an address such as 127.0.0.1:8080.');
  return formatAddress(address);
}
