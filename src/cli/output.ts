import Table from 'cli-table3';
import { once } from 'node:events';
import { bold } from 'picocolors';
import type { Terminal } from './terminal.js';

/** Writes results: tables and text for people, one JSON object per line for programs. */
export class Output {
  readonly #terminal: Terminal;
  readonly #readerGone = new AbortController();

  constructor(
    terminal: Terminal,
    readonly json: boolean,
  ) {
    this.#terminal = terminal;
    terminal.output.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever read our output has what it wanted, as in `waybill list … | head`.
      if (error.code !== 'EPIPE') throw error;
      this.#readerGone.abort();
    });
  }

  /** Aborted when nobody reads the output any more. */
  get readerGone(): AbortSignal {
    return this.#readerGone.signal;
  }

  /** Resolves when the output can take more. */
  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.readerGone.aborted) return;
    if (!this.#terminal.output.write(bytes)) {
      await once(this.#terminal.output, 'drain', { signal: this.readerGone }).catch(() => undefined);
    }
  }

  line(text: string): Promise<void> {
    return this.write(`${text}\n`);
  }

  record(value: object): Promise<void> {
    return this.line(JSON.stringify(value));
  }

  /** Columns with a head; without a terminal they are separated by tabs, for other programs. */
  async table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): Promise<void> {
    if (this.#terminal.output.isTTY !== true) {
      for (const row of rows) await this.line(row.join('\t'));
      return;
    }
    // picocolors knows NO_COLOR, the table's own colours do not.
    const style = { head: [], border: [], compact: true };
    const table = new Table({ head: head.map((title) => bold(title)), style });
    for (const row of rows) table.push(row.map(String));
    await this.line(table.toString());
  }

  /** For people: not part of the result. */
  notice(text: string): void {
    this.#terminal.notices.write(`${text}\n`);
  }
}
