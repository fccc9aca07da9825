import type { Command } from 'commander';
import { askReadiness, ownAdminUrl } from '../admin-readiness.js';
import { clientCommand, withClient, type CommonFlags } from '../client-command.js';
import { UsageError } from '../exit-code.js';
import { Output } from '../output.js';
import type { Terminal } from '../terminal.js';

interface HealthFlags extends CommonFlags {
  /** True: of the server that this environment configures. */
  readonly admin?: URL | true;
}

/** Short, because a probe that hangs is a probe that failed. */
const DEFAULT_TIMEOUT_MS = 3_000;

/** For health checks of containers and scripts: one line, and the exit code 0 only when the server takes traffic. */
export function healthCommand(terminal: Terminal): Command {
  const { command, flags: configFlags } = clientCommand(
    'health',
    'tell whether the server, or one service of it, takes traffic; fails when it does not',
    { defaultTimeout: '3s' },
  );
  return command
    .argument('[service]', 'full name of a service, such as waybill.v1.BrokerService (default: the server)')
    .option(
      '--admin [url]',
      'ask /readyz of the admin address in place of gRPC, without TLS and credentials; without a URL that of the server ' +
        'which the variables of this environment configure',
      httpUrl,
    )
    .action(async (service: string | undefined, given: HealthFlags) => {
      const timeoutMs = given.timeout ?? DEFAULT_TIMEOUT_MS;
      if (given.admin !== undefined) {
        if (service !== undefined) throw new UsageError('--admin asks for the whole server: name no service');
        await reportReadiness(new Output(terminal, given.json === true), given.admin, timeoutMs);
        return;
      }
      await withClient(terminal, configFlags, { ...given, timeout: timeoutMs }, async ({ client, output, signal }) => {
        const state = await client.health(service ?? '', { signal });
        await report(output, { status: state, reasons: [] });
      });
    });
}

async function reportReadiness(output: Output, admin: URL | true, timeoutMs: number): Promise<void> {
  const { ready, reasons } = await askReadiness(admin === true ? ownAdminUrl() : admin, { timeoutMs });
  await report(output, { status: ready ? 'SERVING' : 'NOT_SERVING', reasons });
}

/** Writes the result; throws when there should be no traffic, with why. */
async function report(
  output: Output,
  { status, reasons }: { readonly status: string; readonly reasons: readonly string[] },
): Promise<void> {
  if (output.json) await output.record({ status, reasons });
  if (status !== 'SERVING') throw new Error([`the server answers ${status}`, ...reasons].join(': '));
  if (!output.json) await output.line(status);
}

function httpUrl(text: string): URL {
  if (!URL.canParse(text)) throw new UsageError(`--admin: ${JSON.stringify(text)} is not a URL`);
  const url = new URL(text);
  if (url.protocol !== 'http:') throw new UsageError('--admin: the admin address speaks http:// only');
  return url;
}
