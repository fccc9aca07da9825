import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from '../core/lifecycle.js';
import type { Logger } from '../core/logger.js';

export interface AdminServerOptions {
  /** Port 0 lets the system choose. */
  readonly address: { readonly host: string; readonly port: number };
  /** Undefined: there is no such page. */
  readonly metrics: { readonly contentType: string; render(): Promise<string> } | undefined;
  readonly readiness: { reasons(): readonly string[] };
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Probes and scrapers send a few hundred bytes at once; whoever takes longer is cut off. */
const REQUEST_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 64;

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/**
 * HTTP for operators: `/metrics` unless it is switched off, `/livez` (the event loop turns; nothing else, or an outage
 * of the storage would restart every replica) and `/readyz` (503 with the reasons as JSON while there should be no
 * traffic).
 */
export class AdminServer implements Running {
  readonly #server: Server;
  readonly address: { readonly host: string; readonly port: number };
  #stopped: Promise<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
    const { address, port } = server.address() as AddressInfo;
    this.address = { host: address, port };
  }

  /** Rejects with a message of one line when the address cannot be listened at. */
  static async listen(options: AdminServerOptions): Promise<AdminServer> {
    const { host, port } = options.address;
    const server = createServer(
      {
        headersTimeout: REQUEST_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: IDLE_TIMEOUT_MS,
        connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 5,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => void respond(options, request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    // Also ends connections whose client does not read its answer.
    server.timeout = IDLE_TIMEOUT_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
        reject(new Error(`cannot listen at the admin address ${host}:${port}: ${why}`, { cause: error }));
      });
      server.listen(port, host, resolve);
    });
    return new AdminServer(server);
  }

  stop(): Promise<void> {
    this.#stopped ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#stopped;
  }
}

async function respond(options: AdminServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(options, request);
  } catch (error) {
    options.logger.error({ err: error, path: request.url }, 'admin request failed');
    answer = { status: 500, type: TEXT_TYPE, body: 'internal error\n' };
  }
  // None of the paths takes a body: a connection on which one is on its way is not used again.
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
    ...(hasBody ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function answerTo(
  { metrics, readiness }: AdminServerOptions,
  { method, url = '/' }: IncomingMessage,
): Promise<Answer> {
  const path = url.split('?', 1)[0];
  const page = path === '/metrics' ? metrics : path === '/livez' || path === '/readyz';
  if (page === undefined || page === false) {
    const others = metrics === undefined ? '' : '/metrics, ';
    return { status: 404, type: TEXT_TYPE, body: `not found: try ${others}/livez or /readyz\n` };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, type: TEXT_TYPE, body: 'only GET and HEAD\n' };
  }
  if (page !== true) return { status: 200, type: page.contentType, body: await page.render() };
  if (path === '/livez') return { status: 200, type: TEXT_TYPE, body: 'ok\n' };
  const reasons = readiness.reasons();
  const ready = reasons.length === 0;
  return { status: ready ? 200 : 503, type: JSON_TYPE, body: `${JSON.stringify({ ready, reasons })}\n` };
}
