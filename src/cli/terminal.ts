import type { Readable, Writable } from 'node:stream';

/** What a command reads from and writes to. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Results. */
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Progress, notices and errors. */
  readonly notices: Writable & { readonly isTTY?: boolean };
  /** Calls back when the user or the system asks the command to end; the returned function stops listening. */
  onInterrupt(callback: () => void): () => void;
}

export const processTerminal: Terminal = {
  input: process.stdin,
  output: process.stdout,
  notices: process.stderr,
  onInterrupt(callback) {
    process.once('SIGINT', callback);
    process.once('SIGTERM', callback);
    return () => {
      process.removeListener('SIGINT', callback);
      process.removeListener('SIGTERM', callback);
    };
  },
};
