import type { AnsweredOperation } from './answer.js';

/** Told of connections and of every answer; telemetry implements it. Must not throw. */
export interface TcpObserver {
  connectionOpened(): void;
  connectionClosed(): void;
  /** `seconds` from reading the line of the request to writing the whole answer. */
  requestHandled(operation: AnsweredOperation, outcome: 'ok' | 'failed', seconds: number): void;
}
