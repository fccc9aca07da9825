import { PassThrough, Readable } from 'node:stream';
import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal that keeps what a command writes. */
export class TestTerminal implements Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly notices: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly #interrupts = new Set<() => void>();
  readonly #output: Buffer[] = [];
  readonly #notices: Buffer[] = [];

  /** @param input what standard input holds; undefined stands for a keyboard that nobody uses */
  constructor(input?: string | Uint8Array) {
    this.input =
      input === undefined
        ? Object.assign(new Readable({ read: () => undefined }), { isTTY: true })
        : Readable.from([Buffer.from(input)], { objectMode: false });
    this.output.on('data', (bytes: Buffer) => this.#output.push(bytes));
    this.notices.on('data', (bytes: Buffer) => this.#notices.push(bytes));
  }

  get outputBytes(): Buffer {
    return Buffer.concat(this.#output);
  }

  get outputText(): string {
    return this.outputBytes.toString();
  }

  get noticesText(): string {
    return Buffer.concat(this.#notices).toString();
  }

  /** Standard output read as one JSON object per line. */
  get records(): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.outputText.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** As Ctrl+C. */
  interrupt(): void {
    for (const callback of this.#interrupts) callback();
  }

  onInterrupt(callback: () => void): () => void {
    this.#interrupts.add(callback);
    return () => this.#interrupts.delete(callback);
  }
}
