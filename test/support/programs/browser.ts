import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { type Browser as Chromium, chromium, type Page } from 'playwright-core';
import { findTool } from '../tools.js';

/** A real browser has no word for other machines here: no updates, no metrics. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** What a page was answered to a unary call; `refused` when the browser did not let it see an answer. */
export interface PageAnswer {
  readonly http?: number;
  readonly status?: number;
  readonly retryAfter?: string | null;
  readonly messages?: readonly (readonly number[])[];
  readonly refused?: string;
}

/** Chromium with the page `grpc-web-page.html`, which an HTTP server of this process serves. */
export class GrpcWebBrowser {
  readonly #browser: Chromium;
  readonly #servers: Server[] = [];

  private constructor(browser: Chromium) {
    this.#browser = browser;
  }

  static async start(): Promise<GrpcWebBrowser> {
    const { stdout } = spawnSync('which', [findTool('chromium').command], { encoding: 'utf8' });
    return new GrpcWebBrowser(await chromium.launch({ executablePath: stdout.trim(), args: [...FLAGS] }));
  }

  /** The page, loaded from an origin of this address. @param address such as `127.0.0.1` */
  async open(address: string): Promise<GrpcWebPage> {
    const html = readFileSync(join(__dirname, 'grpc-web-page.html'));
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
    this.#servers.push(server);
    server.listen(0, address);
    await once(server, 'listening');
    const page = await this.#browser.newPage();
    await page.goto(`http://${address}:${(server.address() as AddressInfo).port}/`);
    return new GrpcWebPage(page);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      await once(server.close(), 'close');
    }
  }
}

export class GrpcWebPage {
  constructor(private readonly page: Page) {}

  unary(url: string, message: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<PageAnswer> {
    return this.page.evaluate(
      `unary(${JSON.stringify(url)}, ${JSON.stringify([...message])}, ${JSON.stringify(headers)})`,
    );
  }

  /** Reads a stream up to so many messages, and answers them. */
  async stream(url: string, message: Buffer, count: number): Promise<readonly Buffer[]> {
    const expression = `stream(${JSON.stringify(url)}, ${JSON.stringify([...message])}, ${count})`;
    return (await this.page.evaluate<number[][]>(expression)).map((body) => Buffer.from(body));
  }

  /** Resolves once that stream has had so many messages. */
  async streamed(count: number): Promise<void> {
    await this.page.waitForFunction(`streamed >= ${count}`);
  }
}
