import type { Authenticator, AuthObserver } from '../auth/authenticator.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Tracing } from '../core/tracing.js';
import type { PublishLimiter } from '../rate-limits/publish-limiter.js';
import type { Streams } from '../streams/streams.js';
import type { TcpObserver } from './tcp-observer.js';

/** What all connections of a server have in common. */
export interface ConnectionOptions {
  readonly streams: Streams;
  readonly authenticator: Pick<Authenticator, 'verify'>;
  /** Undefined: nobody is limited. */
  readonly limiter?: PublishLimiter | undefined;
  readonly maxLineBytes: number;
  /** A connection that gets nothing done is closed after so long; 0 never. */
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer?: TcpObserver | undefined;
  readonly tracing?: Tracing | undefined;
  readonly authObserver?: Pick<AuthObserver, 'authenticationFailed'> | undefined;
}
