import { get } from 'node:http';
import type { Address } from '../config/address.js';
import { formatAddress } from '../config/address.js';
import { loadServerSettings } from '../config/load.js';
import { UsageError } from './exit-code.js';

/** What a server's `/readyz` says. */
export interface AdminReadiness {
  readonly ready: boolean;
  /** Why it is not ready, for people. */
  readonly reasons: readonly string[];
}

/** `/readyz` answers with a few hundred bytes; whatever answers with more is something else. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Where the server that is configured by the variables (and the file that they name) of this environment serves
 * `/readyz`, as seen from the same machine or container.
 *
 * @throws ConfigError, or UsageError when it serves none that can be known
 */
export function ownAdminUrl(): URL {
  const { address } = loadServerSettings({}).settings.admin;
  if (address === undefined) {
    throw new UsageError('WAYBILL_ADMIN_ADDRESS is off: leave --admin away to ask over gRPC');
  }
  if (address.port === 0) throw new UsageError('WAYBILL_ADMIN_ADDRESS has no fixed port: name one, or --admin <url>');
  return new URL(`http://${formatAddress(reachable(address))}`);
}

/**
 * Asks for `/readyz` below `url` (http).
 *
 * @throws Error with one line when there is no such answer within `timeoutMs`
 */
export function askReadiness(url: URL, { timeoutMs }: { readonly timeoutMs: number }): Promise<AdminReadiness> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${url.origin} cannot be asked: ${why}`));
    const request = get(new URL('/readyz', url), { signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MAX_ANSWER_BYTES) response.destroy(new Error('it answers with too much'));
      });
      response.on('error', ({ message }) => fail(message));
      response.on('end', () => {
        const readiness = parseReadiness(body);
        if (readiness === undefined) fail(`${response.statusCode} is not an answer of Waybill's /readyz`);
        else resolve(readiness);
      });
    });
    request.on('error', ({ name, message }) => {
      fail(name === 'AbortError' || name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : message);
    });
  });
}

/** An address to connect to, of one to listen at. */
function reachable({ host, port }: Address): Address {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return { host: host === '::' ? '::1' : host, port };
}

function parseReadiness(body: string): AdminReadiness | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { ready, reasons } = value as { readonly ready?: unknown; readonly reasons?: unknown };
  if (typeof ready !== 'boolean' || !Array.isArray(reasons)) return undefined;
  return { ready, reasons: reasons.map(String) };
}
