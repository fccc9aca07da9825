import type { LoadMessage } from './load-messages.js';

/** One connection to the server under load, by either protocol. Every method fails with WaybillError. */
export interface LoadTarget {
  /** Resolves when the server has answered something. */
  connect(): Promise<void>;
  /** Answers the id. */
  publish(message: LoadMessage, signal: AbortSignal): Promise<number>;
  fetch(subject: string, id: number, signal: AbortSignal): Promise<void>;
  /**
   * Calls back for each message until the abort; lost connections are made again.
   *
   * @param onOpen when the subscription stands, or can be believed to
   */
  subscribe(subject: string, onOpen: () => void, onBody: (body: Buffer) => void, signal: AbortSignal): Promise<void>;
}
